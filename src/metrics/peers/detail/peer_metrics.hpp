#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/metrics/peers/peer_state.hpp>
#include <calibrant/stats/panel_state.hpp>

/// What more than one peer computes, and each peer's own, as functions of what its pass kept: values of the catalogue
/// of peers.
namespace calibrant::detail {

// Of the cells of the top label.
figure top_label_l1(const peer_state& state, const panel_state&);            ///< over all rows
figure top_label_l1_of_binned(const peer_state& state, const panel_state&);  ///< over the rows that a bin holds
figure top_label_l2(const peer_state& state, const panel_state&);
figure top_label_max(const peer_state& state, const panel_state&);
figure torchmetrics_debiased_l2(const peer_state& state, const panel_state&);
figure netcal_l1(const peer_state& state, const panel_state&);
figure netcal_max(const peer_state& state, const panel_state&);
figure netcal_average_gap(const peer_state& state, const panel_state&);
/// Mean over predicted classes, each by itself.
figure mapie_top_label(const peer_state& state, const panel_state&);

// Of the cells of classes.
figure classwise_mean(const peer_state& state, const panel_state&);  ///< each class over all rows
figure classwise_sum(const peer_state& state, const panel_state&);
figure classwise_mean_of_binned(const peer_state& state, const panel_state&);  ///< each class over its rows in bins

// Proper scores.
figure accuracy_of_rows(const peer_state& state, const panel_state&);
figure brier_sum(const peer_state& state, const panel_state& panel);
figure brier_mean(const peer_state& state, const panel_state& panel);  ///< sum / K
figure sklearn_brier(const peer_state& state, const panel_state& panel);
figure mean_loss(const peer_state& state, const panel_state&);

// Of every confidence.
figure netcal_equal_mass(const peer_state& state, const panel_state&);
figure verified_equal_mass(const peer_state& state, const panel_state&);
figure verified_l2(const peer_state& state, const panel_state&);
figure verified_debiased_l2(const peer_state& state, const panel_state&);
figure gce_adaptive_l1(const peer_state& state, const panel_state&);
figure gce_adaptive_l2(const peer_state& state, const panel_state&);
figure torch_uncertainty_equal_mass(const peer_state& state, const panel_state&);
figure torch_uncertainty_smooth(const peer_state& state, const panel_state&);
figure torch_uncertainty_aurc(const peer_state& state, const panel_state&);
figure torch_uncertainty_augrc(const peer_state& state, const panel_state&);
figure relplot_smooth(const peer_state& state, const panel_state&);
figure wenger_ece(const peer_state& state, const panel_state&);

// Of every probability.
figure gce_adaptive_classwise(const peer_state& state, const panel_state&);
figure gce_thresholded_classwise(const peer_state& state, const panel_state&);

}  // namespace calibrant::detail
