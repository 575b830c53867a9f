#include "calibrators/detail/linear_passes.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <type_traits>

#include "calibrators/detail/row_sums.hpp"
#include "calibrators/detail/score_panels.hpp"
#include "simd/kernels.hpp"

namespace calibrant::detail {
namespace {

constexpr std::size_t block = full_softmax::block;

std::size_t most_parts_of(std::size_t parameters) { return parameters > 100'000 ? 8 : 64; }

/// Numbers by class, longer by `fill`.
template <class Real>
std::vector<Real> padded(std::span<const double> numbers, std::size_t length, Real fill) {
  std::vector<Real> all(length, fill);
  std::transform(numbers.begin(), numbers.end(), all.begin(), [](double x) { return static_cast<Real>(x); });
  return all;
}

/// Sums over all rows of p z, p and the loss, the first two `width` numbers each. `add` is a kernel that computes in
/// Real.
template <class Real, class T, class Kernel>
std::vector<double> vector_sums_of(const training_set& rows, const basic_matrix_view<T>& view,
                                   std::span<const double> weights, std::span<const double> theta, std::size_t width,
                                   Kernel add) {
  const std::size_t K = view.columns;
  const std::vector<Real> slopes = padded<Real>(theta.first(K), width, 0);
  const std::vector<Real> offsets = padded(theta.last(K), width, -std::numeric_limits<Real>::infinity());
  return sum_over_rows(rows, 2 * width + 1, most_parts_of(theta.size()),
                       [&](std::size_t from, std::size_t to, std::span<double> total) {
                         std::vector<Real> memory(simd::rows_at_once * width);
                         const T* row[block];
                         double loss[block];
                         const simd::vector_sums_in<Real> out{slopes.data(), offsets.data(), total.data() + width,
                                                              total.data(),  loss,           memory.data()};
                         for (std::size_t first = from; first < to; first += block) {
                           const std::size_t n = std::min(block, to - first);
                           for (std::size_t i = 0; i < n; ++i) row[i] = view.row(first + i);
                           add(row, n, K, rows.labels().data() + first, weights.data() + first, out);
                           total.back() += std::inner_product(loss, loss + n, weights.data() + first, 0.0);
                         }
                       });
}

}  // namespace

linear_passes::linear_passes(const training_set& rows, const linear_problem& problem)
    : rows_(rows), problem_(problem), K_(rows.classes()), weights_(rows.weights().begin(), rows.weights().end()) {
  if (weights_.empty()) weights_.assign(rows.rows(), 1.0);
  count_targets();
}

void linear_passes::count_targets() {
  const bool full = problem_.shape == linear_shape::full;
  const std::size_t d = parameter_count(problem_.shape, K_);
  const bool smoothed = !problem_.targets.own.empty();
  // Of the labels, then what the other classes get.
  std::vector<double> label(d, 0.0);
  std::vector<double> moved(smoothed ? d : 0, 0.0);
  std::vector<double> everywhere(K_ + 1, 0.0);
  problem_.scores->visit([&](const auto& view) {
    for (std::size_t i = 0; i < rows_.rows(); ++i) {
      const auto* const z = view.row(i);
      const auto y = static_cast<std::size_t>(rows_.label(i));
      const double w = weights_[i];
      const double other = smoothed ? w * problem_.targets.other[y] : 0;
      const auto add = [&](std::vector<double>& to, double weight) {
        if (full)
          for (std::size_t j = 0; j < K_; ++j) to[y * K_ + j] += weight * to_double(z[j]);
        else
          to[y] += weight * to_double(z[y]);
        to[d - K_ + y] += weight;
      };
      add(label, w);
      if (!smoothed) continue;
      add(moved, other * static_cast<double>(K_));
      for (std::size_t j = 0; j < K_; ++j) everywhere[j] += other * to_double(z[j]);
      everywhere[K_] += other;
    }
  });
  if (smoothed) {
    // t_k = other + (1 - K other) [k = y], and -sum_k t_k ln p_k = -ln p_y + other sum_k (x_y - x_k)
    for (std::size_t k = 0; k < K_; ++k) {
      if (full)
        for (std::size_t j = 0; j < K_; ++j) moved[k * K_ + j] -= everywhere[j];
      else
        moved[k] -= everywhere[k];
      moved[d - K_ + k] -= everywhere[K_];
    }
    for (std::size_t j = 0; j < d; ++j) label[j] -= moved[j];
  }
  targets_ = std::move(label);
  smoothing_ = std::move(moved);
}

bool linear_passes::has_single() const noexcept {
  return problem_.shape == linear_shape::diagonal &&
         problem_.scores->visit([]<class T>(const basic_matrix_view<T>&) { return std::is_same_v<T, float>; });
}

std::vector<double> linear_passes::diagonal_sums(std::span<const double> theta, pass_precision precision) const {
  std::size_t width = simd::padded_columns(K_);
  std::vector<double> sums;
  problem_.scores->visit([&]<class T>(const basic_matrix_view<T>& view) {
    const simd::kernels& target = simd::active_target();
    if constexpr (std::is_same_v<T, float>) {
      if (precision == pass_precision::single) {
        width = simd::single_columns(K_);
        sums = vector_sums_of<float>(rows_, view, weights_, theta, width, target.add_vector_rows_single);
        return;
      }
    }
    sums = vector_sums_of<double>(rows_, view, weights_, theta, width, target.rows<T>().add_vector_rows);
  });
  // Without what was padded: the parameters, then the loss.
  std::copy_n(sums.begin() + static_cast<std::ptrdiff_t>(width), K_, sums.begin() + static_cast<std::ptrdiff_t>(K_));
  sums[2 * K_] = sums.back();
  sums.resize(2 * K_ + 1);
  return sums;
}

std::vector<double> linear_passes::full_sums(std::span<const double> theta) const {
  const std::size_t d = theta.size();
  const full_softmax softmax(theta, K_);
  const std::size_t padded_K = simd::padded_columns(K_);
  return sum_over_rows(rows_, d + 1, most_parts_of(d), [&](std::size_t from, std::size_t to, std::span<double> total) {
    panels z(block, K_);
    panels p(block, K_);
    panels slopes(padded_K, K_);
    double loss[block];
    for (std::size_t first = from; first < to; first += block) {
      const std::size_t last = std::min(first + block, to);
      const std::size_t n = last - first;
      const double* const weights = weights_.data() + first;
      z.load(*problem_.scores, first, last);
      softmax.apply(z, n, rows_.labels().data() + first, weights, p, loss);
      total[d] += std::inner_product(loss, loss + n, weights, 0.0);
      p.add_column_sums(n, total.last(K_ + 1).first(K_));
      slopes.add_product(p, z, n);
    }
    for (std::size_t k = 0; k < K_; ++k)
      for (std::size_t j = 0; j < K_; ++j) total[k * K_ + j] = slopes.at(k, j);
  });
}

double linear_passes::loss(std::span<const double> theta, std::span<double> gradient, pass_precision precision) const {
  const std::vector<double> sums =
      problem_.shape == linear_shape::full ? full_sums(theta) : diagonal_sums(theta, precision);
  double total = sums.back();
  for (std::size_t j = 0; j < smoothing_.size(); ++j) total += smoothing_[j] * theta[j];
  for (std::size_t j = 0; j < theta.size(); ++j) gradient[j] = (sums[j] - targets_[j]) / rows_.total_weight();
  return total / rows_.total_weight();
}

}  // namespace calibrant::detail
