#include <calibrant/metrics/risk_coverage_variants.hpp>

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include <calibrant/core/error.hpp>
#include <calibrant/metrics/area_under_risk_coverage.hpp>

namespace calibrant {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// err(j)/j in stable order of decreasing confidence.
std::vector<double> risks(std::span<const double> confidence, std::span<const double> hits) {
  if (confidence.size() != hits.size())
    throw error(error_code::shape_mismatch, "risk-coverage area: got " + std::to_string(confidence.size()) +
                                                " confidences and " + std::to_string(hits.size()) +
                                                " hits, expected one of each per row");
  std::vector<std::size_t> order(confidence.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return confidence[a] > confidence[b]; });
  std::vector<double> risk(order.size());
  double errors = 0;
  for (std::size_t j = 0; j < order.size(); ++j) {
    errors += 1 - hits[order[j]];
    risk[j] = errors / static_cast<double>(j + 1);
  }
  return risk;
}

}  // namespace

double mean_order_risk_coverage_area(std::span<const double> confidence, std::span<const double> hits) {
  const std::vector<double> risk = risks(confidence, hits);
  if (risk.empty()) return none;
  return std::accumulate(risk.begin(), risk.end(), 0.0) / static_cast<double>(risk.size());
}

double torch_uncertainty_risk_coverage_area(std::span<const double> confidence, std::span<const double> hits) {
  const std::vector<double> risk = risks(confidence, hits);
  if (risk.size() < 2) return none;
  double area = 0;
  for (std::size_t j = 1; j < risk.size(); ++j) area += (risk[j - 1] + risk[j]) / 2;
  // Steps of 1/n, divided by (n - 1)/n.
  return area / static_cast<double>(risk.size() - 1);
}

double fd_shifts_risk_coverage_area(const sorted_forecasts& sorted) {
  return area_under_risk_coverage_trapezoid(sorted).value.value.value_or(none);
}

}  // namespace calibrant
