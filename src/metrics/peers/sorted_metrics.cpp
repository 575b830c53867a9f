#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <calibrant/math/compensated_sum.hpp>

#include "metrics/peers/detail/equal_mass.hpp"
#include "metrics/peers/detail/gap_bins.hpp"
#include "metrics/peers/detail/peer_metrics.hpp"
#include "metrics/peers/detail/smoothed_error.hpp"

namespace calibrant::detail {
namespace {

/// As uncertainty-calibration decides: fewer than n/4 distinct values in every class.
bool is_discrete(const peer_state& state) {
  for (std::size_t k = 0; k < state.classes(); ++k)
    if (static_cast<double>(count_distinct(state.class_forecasts(k))) >= state.rows() / 4) return false;
  return true;
}

/// The bins of `get_top_calibration_error`.
std::vector<gap_bin> verified_bins(const peer_state& state) {
  const std::vector<forecast> sorted = in_order(state.confidences());
  return gap_bins(is_discrete(state) ? distinct_values(sorted, state.widest())
                                     : chunk_midpoints(sorted, state.bins(), state.widest()),
                  sorted);
}

std::vector<gap_bin> ranked_bins(std::span<const forecast> sorted, std::size_t bins) {
  return gap_bins(ranked_values(sorted, bins), sorted);
}

/// Mean over classes of the error in bins of equal mass, over the rows whose probability is above the threshold.
figure ranked_classwise(const peer_state& state, double threshold) {
  double sum = 0;
  for (std::size_t k = 0; k < state.classes(); ++k) {
    const std::vector<forecast> all = state.class_forecasts(k);
    const auto kept = std::find_if(all.begin(), all.end(), [&](const forecast& f) { return f.value > threshold; });
    const std::span<const forecast> sorted(kept, all.end());
    if (!sorted.empty())
      sum += absolute_gaps(ranked_bins(sorted, state.class_bins())) / static_cast<double>(sorted.size());
  }
  return sum / static_cast<double>(state.classes());
}

/// Trapezoids between coverages 1/n, ..., 1 of errors(j), rows of largest confidence first, per width.
template <class Height>
figure area_over_coverage(const peer_state& state, Height&& height) {
  std::vector<forecast> rows = state.confidences();
  const std::size_t n = rows.size();
  if (n < 2) return figure::none("one row has no area; torch-uncertainty gives NaN");
  std::stable_sort(rows.begin(), rows.end(), [](const forecast& a, const forecast& b) { return a.value > b.value; });
  compensated_sum area;
  double errors = 0;
  double before = 0;
  for (std::size_t j = 0; j < n; ++j) {
    errors += rows[j].hit ? 0 : 1;
    const double here = height(errors, static_cast<double>(j + 1));
    if (j > 0) area.add((before + here) / 2);
    before = here;
  }
  const double count = static_cast<double>(n);
  return area.value() / count / (1 - 1 / count);
}

}  // namespace

figure netcal_equal_mass(const peer_state& state, const panel_state&) {
  const std::vector<forecast> sorted = in_order(state.confidences());
  const std::vector<double> edges = quantiles(sorted, state.bins());
  if (edges.empty())
    return figure::none("two quantiles of the confidences are equal, where netcal stops with an error");
  const bin_rule by_count = peer_bins::closed_last_of(edges);
  const bin_rule by_mean = state.widest() == peer_number::float64
                               ? by_count
                               : peer_bins::closed_last_of(peer_bins::rounded_to_float32(edges));
  cell_table cells(1, state.bins());
  std::vector<std::int64_t> counts(state.bins());
  for (const forecast& f : sorted) {
    by_mean.for_each_bin(f.value, [&](std::size_t b) { cells.exact(0, b).add(f.value, f.hit, 1); });
    by_count.for_each_bin(f.value, [&](std::size_t b) { ++counts[b]; });
  }
  return absolute_gaps(counted_bins(cells, counts)) / state.rows();
}

figure verified_equal_mass(const peer_state& state, const panel_state&) {
  const std::vector<forecast> sorted = in_order(state.confidences());
  return absolute_gaps(gap_bins(chunk_midpoints(sorted, state.bins(), state.widest()), sorted)) / state.rows();
}

figure verified_l2(const peer_state& state, const panel_state&) {
  return std::sqrt(squared_gaps(verified_bins(state)) / state.rows());
}

figure verified_debiased_l2(const peer_state& state, const panel_state&) {
  double sum = 0;
  for (const gap_bin& bin : verified_bins(state))
    if (bin.rows >= 2) sum += bin.rows * (bin.gap * bin.gap - bin.accuracy * (1 - bin.accuracy) / (bin.rows - 1));
  return std::sqrt(std::max(sum / state.rows(), 0.0));
}

figure gce_adaptive_l1(const peer_state& state, const panel_state&) {
  return absolute_gaps(ranked_bins(in_order(state.confidences()), state.bins())) / state.rows();
}

figure gce_adaptive_l2(const peer_state& state, const panel_state&) {
  return std::sqrt(squared_gaps(ranked_bins(in_order(state.confidences()), state.bins())) / state.rows());
}

figure gce_adaptive_classwise(const peer_state& state, const panel_state&) { return ranked_classwise(state, 0); }
figure gce_thresholded_classwise(const peer_state& state, const panel_state&) { return ranked_classwise(state, 0.01); }

figure torch_uncertainty_equal_mass(const peer_state& state, const panel_state&) {
  const std::vector<forecast> sorted = in_order(state.confidences());
  const std::size_t n = sorted.size();
  if (n < state.bins()) return figure::none("fewer rows than bins, where torch-uncertainty divides 0 by 0");
  double sum = 0;
  for (std::size_t chunk = 0, first = 0; chunk < state.bins(); ++chunk) {
    const std::size_t last = first + n / state.bins() + (chunk < n % state.bins() ? 1 : 0);
    compensated_sum gap;
    for (std::size_t i = first; i < last; ++i) gap.add(sorted[i].value - static_cast<double>(sorted[i].hit));
    sum += std::abs(gap.value());
    first = last;
  }
  return sum / static_cast<double>(n);
}

figure torch_uncertainty_smooth(const peer_state& state, const panel_state&) {
  return search_smoothed_error(state.confidences(), smoothing::logit).value;
}

figure torch_uncertainty_aurc(const peer_state& state, const panel_state&) {
  return area_over_coverage(state, [](double errors, double rows) { return errors / rows; });
}

figure torch_uncertainty_augrc(const peer_state& state, const panel_state&) {
  return area_over_coverage(state, [&](double errors, double) { return errors / state.rows(); });
}

figure relplot_smooth(const peer_state& state, const panel_state&) {
  return search_smoothed_error(state.confidences(), smoothing::reflected).value;
}

figure wenger_ece(const peer_state& state, const panel_state&) {
  if (state.confidences_only()) return figure::none("needs the classes that occur; the input has confidences only");
  const std::size_t classes = state.classes_seen();
  if (classes < 2) return figure::none("one class alone is seen, so that every bin is from 1 to 1");
  const double lowest = 1.0 / static_cast<double>(classes);
  const std::size_t bins = state.bins();
  const auto between = [&](double first, double last, std::size_t count) {
    std::vector<double> points(count);
    const double step = count > 1 ? (last - first) / static_cast<double>(count - 1) : 0;
    for (std::size_t j = 0; j < count; ++j) points[j] = first + static_cast<double>(j) * step;
    if (count > 1) points.back() = last;
    return points;
  };
  const std::vector<double> edges = between(lowest, 1, bins + 1);
  // What the package takes for the accuracy of a calibrated model: not the middles of the bins, which start at 1/K.
  const double half = 1 / (2 * static_cast<double>(bins));
  const std::vector<double> points = between(lowest + half, 1 - half, bins);
  // Counts are by NumPy's edges, accuracies by SciPy's, which are of the type of the confidences.
  const bin_rule by_count = peer_bins::closed_last_of(edges);
  const bin_rule by_mean = state.widest() == peer_number::float64
                               ? by_count
                               : peer_bins::closed_last_of(peer_bins::rounded_to_float32(edges));
  std::vector<double> counts(bins);
  std::vector<double> rows(bins);
  std::vector<double> hits(bins);
  for (const forecast& f : state.confidences()) {
    by_count.for_each_bin(f.value, [&](std::size_t b) { counts[b] += 1; });
    by_mean.for_each_bin(f.value, [&](std::size_t b) {
      rows[b] += 1;
      hits[b] += f.hit ? 1 : 0;
    });
  }
  double sum = 0;
  double binned = 0;
  for (std::size_t b = 0; b < bins; ++b) {
    if (rows[b] == 0) continue;
    sum += counts[b] * std::abs(hits[b] / rows[b] - points[b]);
    binned += counts[b];
  }
  if (binned == 0) return figure::none("no row is in a bin of the peer");
  return sum / binned;
}

}  // namespace calibrant::detail
