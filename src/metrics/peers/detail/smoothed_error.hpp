#pragma once

#include <span>

#include <calibrant/metrics/peers/peer_state.hpp>

namespace calibrant::detail {

/// The kernel of a smooth calibration error as a package discretises it.
enum class smoothing {
  reflected,  ///< Gaussian on [0, 1], mirrored at both ends: relplot
  logit,      ///< Gaussian on logits: torch-uncertainty's default
};

struct smoothed_error {
  double value;
  double width;  ///< at which the value was taken
};

/// Smooth calibration error at one width s in (0, 1], on the packages' grids (metrics.md 6.2): forecasts are spread
/// linearly on G points, smoothed there, read at M points and averaged with the density. O(n + G s G).
[[nodiscard]] double smoothed_error_at(std::span<const forecast> forecasts, double width, smoothing kernel);

/// The same at the width that ten bisections of (0, 1] find: the smallest at which the error is not larger than it.
[[nodiscard]] smoothed_error search_smoothed_error(std::span<const forecast> forecasts, smoothing kernel);

}  // namespace calibrant::detail
