#include "statistical/sorted_simulation.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include <calibrant/metrics/smooth_calibration_error.hpp>
#include <calibrant/stats/equal_mass_bins.hpp>

namespace calibrant::simulation {
namespace {

double uniform(std::mt19937_64& bits) { return static_cast<double>(bits() >> 11) * 0x1p-53; }

double normal(std::mt19937_64& bits) {
  const double radius = std::sqrt(-2 * std::log(1 - uniform(bits)));
  return radius * std::cos(2 * std::acos(-1.0) * uniform(bits));
}

/// c and q of every row, in increasing order of c.
void make_rows(const population_options& options, std::vector<double>& confidence, std::vector<double>& right) {
  std::mt19937_64 bits(options.seed);
  std::vector<double> c(options.rows), q(options.rows), z(options.classes);
  for (std::size_t i = 0; i < options.rows; ++i) {
    for (double& x : z) x = options.spread * normal(bits);
    const double top = *std::max_element(z.begin(), z.end());
    double served = 0;
    double real = 0;
    for (const double x : z) {
      served += std::exp(options.sharpness * (x - top));
      real += std::exp(x - top);
    }
    c[i] = 1 / served;
    q[i] = 1 / real;
  }
  std::vector<std::size_t> order(options.rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return c[a] < c[b]; });
  for (const std::size_t i : order) {
    confidence.push_back(c[i]);
    right.push_back(q[i]);
  }
}

double mean_error(const std::vector<double>& confidence, const std::vector<double>& right) {
  double sum = 0;
  for (std::size_t i = 0; i < right.size(); ++i) sum += std::abs(confidence[i] - right[i]);
  return sum / static_cast<double>(right.size());
}

}  // namespace

sorted_population::sorted_population(const population_options& options) {
  make_rows(options, confidence_, right_);
  drift_.assign(1, 0.0);
  for (std::size_t i = 0; i < right_.size(); ++i) {
    drift_.push_back(drift_.back() + confidence_[i] - right_[i]);
    accuracy_ += right_[i] / static_cast<double>(right_.size());
  }
  const auto n = static_cast<double>(right_.size());
  const auto [low, high] = std::minmax_element(drift_.begin(), drift_.end());
  truth_.ks = std::max(*high, -*low) / n;
  truth_.kuiper = (*high - *low) / n;
  truth_.ece = mean_error(confidence_, right_);
  truth_.smooth = *smooth_calibration_error(sorted_forecasts::of(confidence_, right_)).value.value;
}

sorted_forecasts sorted_population::draw(std::size_t n, std::uint64_t seed, sample_weights weights) const {
  std::mt19937_64 bits(seed);
  std::vector<double> c(n), a(n), w;
  for (std::size_t j = 0; j < n; ++j) {
    const auto i = static_cast<std::size_t>(uniform(bits) * static_cast<double>(right_.size()));
    c[j] = confidence_[i];
    a[j] = uniform(bits) < right_[i] ? 1 : 0;
    if (weights == sample_weights::log_normal) w.push_back(std::exp(normal(bits)));
  }
  return sorted_forecasts::of(c, a, w, w.empty() ? weight_kind::frequency : weight_kind::importance);
}

double sorted_population::equal_mass_error(const sorted_forecasts& sample, std::size_t bins) const {
  double sum = 0;
  std::size_t before = 0;
  equal_mass_bins(sample).for_each(static_cast<double>(bins), [&](std::size_t, std::size_t last) {
    std::size_t end = right_.size();
    if (last < sample.size()) {
      const double edge = (sample.values()[last - 1] + sample.values()[last]) / 2;
      end = static_cast<std::size_t>(std::lower_bound(confidence_.begin(), confidence_.end(), edge) -
                                     confidence_.begin());
    }
    sum += std::abs(drift_[end] - drift_[before]);
    before = end;
    return true;
  });
  return sum / static_cast<double>(right_.size());
}

double sorted_sharpness_for(population_options options, double ece) {
  double low = 1;
  double high = 8;
  for (int step = 0; step < 30; ++step) {
    options.sharpness = (low + high) / 2;
    std::vector<double> confidence, right;
    make_rows(options, confidence, right);
    (mean_error(confidence, right) < ece ? low : high) = options.sharpness;
  }
  return (low + high) / 2;
}

}  // namespace calibrant::simulation
