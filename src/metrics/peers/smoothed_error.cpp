#include "metrics/peers/detail/smoothed_error.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <numeric>
#include <utility>
#include <vector>

#include <calibrant/metrics/peers/bin_rule.hpp>

namespace calibrant::detail {
namespace {

/// The kernel is below 1e-32 of its peak beyond this many widths.
constexpr double kernel_reach = 12;
constexpr double smallest_width = 1e-3;
/// Both packages keep logits this far from 0 and 1.
constexpr double logit_margin = 1e-3;

/// Round half to even, as Python does.
std::size_t rounded(double x) { return static_cast<std::size_t>(std::nearbyint(x)); }

/// Values spread over G equidistant points of [0, 1] and smoothed there.
class smoothing_grid {
 public:
  smoothing_grid(std::size_t points, double width, bool mirrored)
      : points_(points), mirrored_(mirrored), residuals_(points), rows_(points) {
    // The kernel is sampled at G points of [-1/2, 1/2], so it ends half a unit from its middle.
    const double spacing = 1 / static_cast<double>(points - 1);
    const std::size_t half = (points - 1) / 2;
    // With an even number of points none of them is the middle.
    offset_ = points % 2 == 0 ? 0.5 : 0;
    first_ = -static_cast<std::ptrdiff_t>(points % 2 == 0 ? half + 1 : half);
    for (std::ptrdiff_t j = first_; j < first_ + static_cast<std::ptrdiff_t>(points); ++j) {
      const double t = (static_cast<double>(j) + offset_) * spacing;
      kernel_.push_back(std::exp(-t * t / (2 * width * width)) / (std::sqrt(2 * std::numbers::pi) * width));
    }
    reach_ = static_cast<std::ptrdiff_t>(std::ceil(kernel_reach * width / spacing)) + 1;
  }

  void add(double position, double residual) {
    const double scaled = position * static_cast<double>(points_ - 1);
    const std::size_t below = std::min(static_cast<std::size_t>(std::max(scaled, 0.0)), points_ - 2);
    const double share = scaled - static_cast<double>(below);
    residuals_[below] += (1 - share) * residual;
    residuals_[below + 1] += share * residual;
    rows_[below] += 1 - share;
    rows_[below + 1] += share;
  }

  void smooth() {
    residuals_ = convolved(residuals_);
    rows_ = convolved(rows_);
  }
  /// Linear interpolation at t in [0, 1].
  [[nodiscard]] double residual(double t) const { return interpolated(residuals_, t); }
  [[nodiscard]] double density(double t) const { return interpolated(rows_, t); }

 private:
  [[nodiscard]] std::vector<double> convolved(const std::vector<double>& values) const {
    const auto G = static_cast<std::ptrdiff_t>(points_);
    const auto value_at = [&](std::ptrdiff_t i) {
      if (!mirrored_) return i < 0 || i >= G ? 0.0 : values[static_cast<std::size_t>(i)];
      if (i < 0) i = -i;
      if (i >= G) i = 2 * (G - 1) - i;
      return values[static_cast<std::size_t>(i)];
    };
    std::vector<double> smoothed(points_);
    const std::ptrdiff_t last = first_ + G - 1;
    for (std::ptrdiff_t i = 0; i < G; ++i) {
      double sum = 0;
      for (std::ptrdiff_t j = std::max(first_, -reach_); j <= std::min(last, reach_); ++j)
        sum += kernel_[static_cast<std::size_t>(j - first_)] * value_at(i - j);
      smoothed[static_cast<std::size_t>(i)] = sum;
    }
    return smoothed;
  }
  [[nodiscard]] double interpolated(const std::vector<double>& values, double t) const {
    const double spacing = 1 / static_cast<double>(points_ - 1);
    const std::size_t below = std::min(static_cast<std::size_t>(t * static_cast<double>(points_ - 1)), points_ - 2);
    const double share = (t - static_cast<double>(below) * spacing) / spacing;
    return values[below] * (1 - share) + values[below + 1] * share;
  }

  std::size_t points_;
  bool mirrored_;
  double offset_ = 0;
  std::ptrdiff_t first_ = 0;
  std::ptrdiff_t reach_ = 0;
  std::vector<double> kernel_;
  std::vector<double> residuals_;
  std::vector<double> rows_;
};

double reflected_error(std::span<const forecast> forecasts, double width) {
  const std::size_t points = std::max<std::size_t>(2000, rounded(20 / width)) / 2 + 1;
  smoothing_grid grid(points, width, true);
  for (const forecast& f : forecasts) grid.add(f.value, f.value - static_cast<double>(f.hit));
  grid.smooth();
  double weighted = 0;
  double total = 0;
  for (const double t : peer_bins::linspace(1, std::max<std::size_t>(rounded(10 / width), 200))) {
    const double density = grid.density(t) + 1e-4;
    weighted += std::abs(grid.residual(t) / density) * density;
    total += density;
  }
  return weighted / total;
}

double logit(double p) { return std::log(p / (1 - p)); }

double logit_error(std::span<const forecast> forecasts, double width) {
  const std::vector<double> at =
      peer_bins::linspace(1, std::max<std::size_t>(static_cast<std::size_t>(10 / width), 200));
  double lowest = logit(at[1]);
  double highest = logit(at[at.size() - 2]);
  std::vector<double> positions;
  for (const forecast& f : forecasts) {
    positions.push_back(logit(std::clamp(f.value, logit_margin, 1 - logit_margin)));
    lowest = std::min(lowest, positions.back());
    highest = std::max(highest, positions.back());
  }
  const double span = highest > lowest ? highest - lowest : 1e-9;
  const double scaled_width = width * (4 / span);
  // An odd number of points, so that one of the kernel's is its middle.
  const std::size_t half = std::max<std::size_t>(2000, rounded(20 / scaled_width)) / 2;
  smoothing_grid grid(half + (half % 2 == 0 ? 1 : 0), scaled_width, false);
  for (std::size_t i = 0; i < forecasts.size(); ++i)
    grid.add((positions[i] - lowest) / span, forecasts[i].value - static_cast<double>(forecasts[i].hit));
  grid.smooth();

  std::vector<double> errors;
  std::vector<double> densities;
  for (std::size_t i = 1; i + 1 < at.size(); ++i) {
    const double t = (logit(at[i]) - lowest) / span;
    const double density = grid.density(t) + 1e-4;
    errors.push_back(grid.residual(t) / density);
    densities.push_back(density / (at[i] * (1 - at[i])));
  }
  // The ends repeat their neighbours; a common factor of the densities cancels but for the package's 1e-8.
  const double factor = static_cast<double>(forecasts.size()) * static_cast<double>(at.size()) /
                        (std::accumulate(densities.begin(), densities.end(), 0.0) + 1e-9);
  double weighted = 0;
  double total = 0;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    const double density = densities[i] * factor * (i == 0 || i + 1 == errors.size() ? 2 : 1);
    if (densities[i] * factor > 1e-8) weighted += std::abs(errors[i]) * density;
    total += density;
  }
  return weighted / (total + 1e-8);
}

}  // namespace

double smoothed_error_at(std::span<const forecast> forecasts, double width, smoothing kernel) {
  return kernel == smoothing::reflected ? reflected_error(forecasts, width) : logit_error(forecasts, width);
}

smoothed_error search_smoothed_error(std::span<const forecast> forecasts, smoothing kernel) {
  const auto below_error = [&](double width) {
    return width < smallest_width || width < smoothed_error_at(forecasts, width, kernel);
  };
  double above = 1;
  if (!below_error(1)) {
    double below = 0;
    for (int step = 0; step < 10; ++step) {
      const double middle = (above + below) / 2;
      (below_error(middle) ? below : above) = middle;
    }
  }
  return {smoothed_error_at(forecasts, above, kernel), above};
}

}  // namespace calibrant::detail
