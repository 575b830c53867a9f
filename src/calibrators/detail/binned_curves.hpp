#pragma once

#include <vector>

#include <calibrant/calibrators/histogram_binning.hpp>

namespace calibrant::detail {

/// "bins", "edges" and "values" of K curves, of two classes one.
[[nodiscard]] std::vector<parameter> binned_parameters(const std::vector<binned_curve>& curves);

/// The curves again. Throws error (malformed_input) on what are no bins of probabilities.
[[nodiscard]] std::vector<binned_curve> stored_binned_curves(const parameter_list& stored);

}  // namespace calibrant::detail
