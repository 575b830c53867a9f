#pragma once

#include <span>

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/cell_moments.hpp>

namespace calibrant::detail {

/// Names of the constructions that several binned errors share.
inline constexpr const char* l1_method = "bounds of the binned L1 error";
inline constexpr const char* l2_method = "debiased L2 error (Sun et al. 2024), both variances";

// Errors of bins that do not depend on labels, whatever rule made them; `bins`: the non-empty ones in increasing order
// of confidence, their weights sum to 1. No bins: no value.

/// sum_b omega_b |gap_b|, with details `floor_95` and `non_empty_bins`.
[[nodiscard]] estimate l1_error_estimate(std::span<const cell_moments> bins, const metric_options& options);

/// sqrt(sum_b omega_b gap_b^2).
[[nodiscard]] estimate l2_error_estimate(std::span<const cell_moments> bins, const metric_options& options);

/// theta = sum_b omega_b [gap_b^2 - acc_b (1 - acc_b) / (n_b - 1)]; without bins 0.
[[nodiscard]] double debiased_square(std::span<const cell_moments> bins) noexcept;

/// sqrt(max(theta, 0)); detail `signed_square`: theta.
[[nodiscard]] estimate debiased_error_estimate(std::span<const cell_moments> bins, const metric_options& options);

}  // namespace calibrant::detail
