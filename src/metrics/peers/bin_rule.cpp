#include <calibrant/metrics/peers/bin_rule.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include <calibrant/core/error.hpp>

namespace calibrant {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void require_bins(std::size_t bins) {
  if (bins < 1 || bins > 65536)
    throw error(error_code::invalid_argument, "bins: got " + std::to_string(bins) + ", expected 1 to 65536");
}

/// Bins between neighbours of `edges`; then the outermost ends are moved.
bin_rule neighbours(bin_side side, const std::vector<double>& edges, double first_lower, double last_upper) {
  std::vector<double> lowers(edges.begin(), edges.end() - 1);
  std::vector<double> uppers(edges.begin() + 1, edges.end());
  lowers.front() = first_lower;
  uppers.back() = last_upper;
  return {side, std::move(lowers), std::move(uppers)};
}

/// Bins [lo, hi) between neighbours, and [last edge, infinity).
bin_rule with_last_edge_alone(std::vector<double> edges) {
  edges.push_back(infinity);
  return neighbours(bin_side::lower_closed, edges, -infinity, infinity);
}

template <class Real>
std::vector<double> torch_linspace(std::size_t bins) {
  require_bins(bins);
  const Real step = Real{1} / static_cast<Real>(bins);
  std::vector<double> edges(bins + 1);
  for (std::size_t j = 0; j <= bins; ++j)
    edges[j] = j < (bins + 1) / 2 ? static_cast<Real>(j) * step : std::fma(-step, static_cast<Real>(bins - j), Real{1});
  return edges;
}

/// Bin floor(p / width) in arithmetic of Real.
template <class Real>
bin_rule quotient_bins(std::size_t bins) {
  require_bins(bins);
  const double exact_width = 1.0 / static_cast<double>(bins);
  const auto width = static_cast<Real>(exact_width);
  // In float32 the package may have a number for 1 beyond its last bin, where it stops with an error.
  const std::size_t count =
      std::max(static_cast<std::size_t>(1 / exact_width), static_cast<std::size_t>(1 / width)) + 1;
  std::vector<double> edges(count);
  for (std::size_t j = 0; j < count; ++j) {
    // The least number whose quotient by the width reaches j.
    const auto wanted = static_cast<Real>(j);
    Real edge = wanted * width;
    while (edge > 0 && std::nextafter(edge, Real{0}) / width >= wanted) edge = std::nextafter(edge, Real{0});
    while (edge / width < wanted) edge = std::nextafter(edge, Real{2});
    edges[j] = edge;
  }
  return with_last_edge_alone(std::move(edges));
}

}  // namespace

bin_rule::bin_rule(bin_side side, std::vector<double> lowers, std::vector<double> uppers)
    : side_(side), lowers_(std::move(lowers)), uppers_(std::move(uppers)) {
  if (lowers_.size() != uppers_.size() || !std::is_sorted(lowers_.begin(), lowers_.end()) ||
      !std::is_sorted(uppers_.begin(), uppers_.end()))
    throw error(error_code::invalid_argument, "bins: got " + std::to_string(lowers_.size()) + " lower and " +
                                                  std::to_string(uppers_.size()) +
                                                  " upper edges, expected as many of both, in increasing order");
}

bin_rule bin_rule::between(bin_side side, std::span<const double> inner_edges) {
  std::vector<double> lowers{-infinity};
  lowers.insert(lowers.end(), inner_edges.begin(), inner_edges.end());
  std::vector<double> uppers(inner_edges.begin(), inner_edges.end());
  uppers.push_back(infinity);
  return {side, std::move(lowers), std::move(uppers)};
}

namespace peer_bins {

std::vector<double> linspace(double stop, std::size_t count) {
  std::vector<double> edges(count);
  const double step = stop / static_cast<double>(count - 1);
  for (std::size_t j = 0; j + 1 < count; ++j) edges[j] = static_cast<double>(j) * step;
  if (count > 1) edges.back() = stop;
  return edges;
}

std::vector<double> torch_linspace_float32(std::size_t bins) { return torch_linspace<float>(bins); }
std::vector<double> torch_linspace_float64(std::size_t bins) { return torch_linspace<double>(bins); }

bin_rule torchmetrics(std::size_t bins) { return with_last_edge_alone(torch_linspace_float32(bins)); }
bin_rule torchmetrics_float64(std::size_t bins) { return with_last_edge_alone(torch_linspace_float64(bins)); }

bin_rule temperature_scaling(std::size_t bins) {
  return neighbours(bin_side::upper_closed, torch_linspace_float32(bins), 0, infinity);
}

bin_rule closed_last_of(std::span<const double> edges) {
  return neighbours(bin_side::lower_closed, {edges.begin(), edges.end()}, edges.front(), infinity);
}

std::vector<double> rounded_to_float32(std::vector<double> edges) {
  for (double& edge : edges) edge = static_cast<double>(static_cast<float>(edge));
  return edges;
}

bin_rule closed_last(std::size_t bins) {
  require_bins(bins);
  return closed_last_of(linspace(1, bins + 1));
}

bin_rule closed_last_float32(std::size_t bins) {
  require_bins(bins);
  return closed_last_of(rounded_to_float32(linspace(1, bins + 1)));
}

bin_rule gce(std::size_t bins) {
  require_bins(bins);
  std::vector<double> edges = linspace(1, bins + 1);
  edges.push_back(infinity);
  return neighbours(bin_side::lower_closed, edges, std::numeric_limits<double>::denorm_min(), infinity);
}

bin_rule kull_classwise(std::size_t bins) {
  require_bins(bins);
  if (bins < 2)
    throw error(error_code::invalid_argument,
                "bins: got 1, expected at least 2 where the number counts edges, as in the tables of Kull et al.");
  return with_last_edge_alone(linspace(1, bins));
}

bin_rule upper_closed(std::size_t bins) {
  require_bins(bins);
  return neighbours(bin_side::upper_closed, linspace(1, bins + 1), -infinity, infinity);
}

bin_rule upper_closed_quotients(std::size_t bins) {
  require_bins(bins);
  std::vector<double> edges(bins + 1);
  for (std::size_t j = 0; j <= bins; ++j) edges[j] = static_cast<double>(j) / static_cast<double>(bins);
  return neighbours(bin_side::upper_closed, edges, -infinity, infinity);
}

bin_rule without_zero(std::size_t bins) {
  require_bins(bins);
  return neighbours(bin_side::upper_closed, linspace(1, bins + 1), 0, infinity);
}

bin_rule pycalib_confidence(std::size_t bins) {
  require_bins(bins);
  const double width = 1.0 / static_cast<double>(bins);
  // numpy.arange: its length from (stop - start)/step, its values from the difference of the first two.
  const auto count = static_cast<std::size_t>(std::ceil((1 + width - width) / width));
  const double difference = (width + width) - width;
  std::vector<double> lowers(count);
  std::vector<double> uppers(count);
  for (std::size_t j = 0; j < count; ++j) {
    uppers[j] = width + static_cast<double>(j) * difference;
    lowers[j] = uppers[j] - width;
  }
  lowers.front() = -infinity;
  return {bin_side::upper_closed, std::move(lowers), std::move(uppers)};
}

bin_rule pycalib_classwise(std::size_t bins) {
  require_bins(bins);
  return neighbours(bin_side::lower_closed, linspace(1 + 1e-8, bins + 1), -infinity, infinity);
}

bin_rule relplot_float64(std::size_t bins) { return quotient_bins<double>(bins); }
bin_rule relplot_float32(std::size_t bins) { return quotient_bins<float>(bins); }

bin_rule mapie(std::size_t bins) {
  require_bins(bins);
  std::vector<double> edges{-infinity, 0};
  if (bins > 1) {
    edges = linspace(1, bins);
    edges.insert(edges.begin(), -infinity);
  }
  return neighbours(bin_side::upper_closed, edges, -infinity, edges.back());
}

}  // namespace peer_bins
}  // namespace calibrant
