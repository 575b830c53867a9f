#include <calibrant/metrics/kernel_density_error.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <calibrant/math/log_gamma.hpp>

#include "metrics/detail/distinct_rows.hpp"
#include "metrics/detail/score_mean.hpp"

namespace calibrant {
namespace {

constexpr std::size_t most_rows_for_width = 500;
constexpr double least_probability = 1e-12;
constexpr const char* untested = "no construction of tested coverage is known for it; see skce for a test";

using row_list = std::span<const detail::distinct_rows::row>;

/// ln k(x; q) = (1/h) sum_k q_k ln x_k + ln Gamma(1/h + K) - sum_k ln Gamma(q_k/h + 1); the last two terms.
std::vector<double> normalisers(row_list rows, double width) {
  std::vector<double> result;
  for (const auto& row : rows) {
    double sum = log_gamma(1 / width + static_cast<double>(row.p.size()));
    for (const double q : row.p) sum -= log_gamma(q / width + 1);
    result.push_back(sum);
  }
  return result;
}

/// ln max(p, 1e-12), n x K.
std::vector<double> logs_of(row_list rows) {
  std::vector<double> logs;
  for (const auto& row : rows)
    for (const double p : row.p) logs.push_back(std::log(std::max(p, least_probability)));
  return logs;
}

/// products[i] = sum_k p_ik ln x_k for every row i.
void products_with(row_list rows, const double* log_x, std::vector<double>& products) {
  products.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < rows[i].p.size(); ++k) sum += rows[i].p[k] * log_x[k];
    products[i] = sum;
  }
}

/// Calls visit(i, k(p_j; p_i) times how often row i occurs apart from row j itself), each less a common factor, and
/// returns the logarithm of that factor. `products` are those with ln p_j; they are overwritten.
template <class Visit>
double visit_others(row_list rows, std::size_t j, double width, const std::vector<double>& normaliser,
                    std::span<double> products, Visit&& visit) {
  double largest = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    products[i] = products[i] / width + normaliser[i];
    if (i != j || rows[i].count > 1) largest = std::max(largest, products[i]);
  }
  for (std::size_t i = 0; i < rows.size(); ++i)
    visit(i, (rows[i].count - (i == j ? 1 : 0)) * std::exp(std::min(products[i] - largest, 0.0)));
  return largest;
}

/// The width of the largest leave-one-out likelihood.
double likely_width(row_list rows) {
  const std::size_t K = rows.front().p.size();
  const std::vector<double> logs = logs_of(rows);
  std::vector<std::vector<double>> products(rows.size());
  for (std::size_t j = 0; j < rows.size(); ++j) products_with(rows, &logs[j * K], products[j]);
  double best = 0;
  double best_likelihood = -std::numeric_limits<double>::infinity();
  std::vector<double> own;
  for (int step = -12; step <= 0; ++step) {
    const double width = std::pow(10.0, step / 4.0);
    const std::vector<double> normaliser = normalisers(rows, width);
    double likelihood = 0;
    for (std::size_t j = 0; j < rows.size(); ++j) {
      own = products[j];
      double sum = 0;
      const double factor = visit_others(rows, j, width, normaliser, own, [&](std::size_t, double k) { sum += k; });
      likelihood += rows[j].count * (std::log(sum) + factor);
    }
    if (likelihood > best_likelihood) {
      best = width;
      best_likelihood = likelihood;
    }
  }
  return best;
}

}  // namespace

estimate kernel_density_error(const row_store& store, const metric_options& options) {
  const detail::distinct_rows listed = detail::distinct_rows::of(store, options.seed);
  if (!listed.missing.empty()) return estimate::none(listed.missing);
  const row_list rows = listed.rows;
  const auto n = static_cast<double>(rows.size());
  const auto K = static_cast<double>(store.classes());
  if (listed.total < 2) return estimate::none("needs at least 2 rows");
  if (n * n * K > detail::most_pair_terms)
    return estimate::none("too many rows: n^2 K is above 2e9; evaluate a sample of them, or see skce");

  const double width = likely_width(rows.first(std::min(rows.size(), most_rows_for_width)));
  const std::vector<double> normaliser = normalisers(rows, width);
  const std::vector<double> logs = logs_of(rows);
  std::vector<double> products;
  std::vector<double> shares(store.classes());
  double sum = 0;
  for (std::size_t j = 0; j < rows.size(); ++j) {
    std::fill(shares.begin(), shares.end(), 0.0);
    double total = 0;
    products_with(rows, &logs[j * store.classes()], products);
    visit_others(rows, j, width, normaliser, products, [&](std::size_t i, double k) {
      shares[rows[i].label] += k;
      total += k;
    });
    double error = 0;
    for (std::size_t k = 0; k < shares.size(); ++k) error += std::abs(shares[k] / total - rows[j].p[k]);
    sum += rows[j].count * error;
  }
  return {.value = sum / listed.total,
          .uncertainty = interval_estimate::none(untested),
          .expected_if_calibrated = figure::none(untested),
          .p_value = figure::none(untested),
          .details = {{"bandwidth", width}}};
}

}  // namespace calibrant
