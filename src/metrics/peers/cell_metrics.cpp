#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <calibrant/metrics/brier_score.hpp>

#include "metrics/peers/detail/gap_bins.hpp"
#include "metrics/peers/detail/peer_metrics.hpp"

namespace calibrant::detail {
namespace {

figure classwise(const peer_state& state, bool over_all_rows) {
  double sum = 0;
  for (std::size_t k = 0; k < state.classes(); ++k) {
    const std::vector<gap_bin> bins = gap_bins(state.by_class(), k);
    if (!bins.empty()) sum += absolute_gaps(bins) / (over_all_rows ? state.rows() : rows_of(bins));
  }
  return sum;
}

}  // namespace

figure netcal_l1(const peer_state& state, const panel_state&) {
  return absolute_gaps(counted_bins(state.top_label(), state.counts())) / state.rows();
}

figure netcal_max(const peer_state& state, const panel_state&) {
  return largest_gap(counted_bins(state.top_label(), state.counts()));
}

figure top_label_l1(const peer_state& state, const panel_state&) {
  return absolute_gaps(gap_bins(state.top_label())) / state.rows();
}

figure top_label_l1_of_binned(const peer_state& state, const panel_state&) {
  const std::vector<gap_bin> bins = gap_bins(state.top_label());
  if (bins.empty()) return figure::none("no row is in a bin of the peer");
  return absolute_gaps(bins) / rows_of(bins);
}

figure top_label_l2(const peer_state& state, const panel_state&) {
  return std::sqrt(squared_gaps(gap_bins(state.top_label())) / state.rows());
}

figure top_label_max(const peer_state& state, const panel_state&) { return largest_gap(gap_bins(state.top_label())); }

figure torchmetrics_debiased_l2(const peer_state& state, const panel_state&) {
  const std::vector<gap_bin> bins = gap_bins(state.top_label());
  double sum = squared_gaps(bins);
  // A bin of one row would subtract 0/0, which the package takes as 0.
  for (const gap_bin& bin : bins)
    if (bin.rows > 1) sum -= bin.accuracy * (1 - bin.accuracy) * bin.rows / (bin.rows - 1);
  return std::sqrt(std::max(sum / state.rows(), 0.0));
}

figure netcal_average_gap(const peer_state& state, const panel_state&) {
  const std::vector<gap_bin> bins = counted_bins(state.top_label(), state.counts());
  double sum = 0;
  for (const gap_bin& bin : bins) sum += std::abs(bin.gap);
  return sum / static_cast<double>(bins.size());
}

figure mapie_top_label(const peer_state& state, const panel_state&) {
  double sum = 0;
  double predicted = 0;
  for (std::size_t k = 0; k < state.classes(); ++k) {
    const std::vector<gap_bin> bins = gap_bins(state.by_prediction(), k);
    if (bins.empty()) continue;
    sum += absolute_gaps(bins) / rows_of(bins);
    ++predicted;
  }
  if (predicted == 0) return figure::none("no row is in a bin of the peer");
  return sum / predicted;
}

figure classwise_sum(const peer_state& state, const panel_state&) { return classwise(state, true); }

figure classwise_mean(const peer_state& state, const panel_state&) {
  return *classwise(state, true).value / static_cast<double>(state.classes());
}

figure classwise_mean_of_binned(const peer_state& state, const panel_state&) {
  return *classwise(state, false).value / static_cast<double>(state.classes());
}

figure accuracy_of_rows(const peer_state& state, const panel_state&) { return state.correct() / state.rows(); }

figure brier_sum(const peer_state&, const panel_state& panel) { return brier_score(panel.scores).value; }

figure brier_mean(const peer_state& state, const panel_state& panel) {
  const figure sum = brier_score(panel.scores).value;
  return sum.value ? figure(*sum.value / static_cast<double>(state.classes())) : sum;
}

figure sklearn_brier(const peer_state& state, const panel_state& panel) {
  return state.classes() == 2 ? brier_mean(state, panel) : brier_sum(state, panel);
}

figure mean_loss(const peer_state& state, const panel_state&) {
  if (const std::int64_t infinite = state.infinite_losses(); infinite > 0)
    return figure::none("infinite: " + std::to_string(infinite) +
                        (infinite == 1 ? " row gives its" : " rows give their") + " true class probability 0");
  return state.total_loss() / state.rows();
}

}  // namespace calibrant::detail
