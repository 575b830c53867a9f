#pragma once

#include <calibrant/stats/cell_table.hpp>

namespace calibrant {

/// (sum_b (W_b / W) |C_b / W_b - A_b / W_b|^p)^(1/p) over the bins of one class; for p = infinity the largest gap. NaN
/// without rows. Any bins will do: this is the plug-in number alone, as other packages give it, without an interval.
///
/// Source: Guo et al. (2017), Kumar et al. (2019). Throws error (invalid_argument) unless p >= 1. O(B).
[[nodiscard]] double binned_calibration_error(const cell_table& cells, double p);

}  // namespace calibrant
