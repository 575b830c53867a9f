#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <calibrant/calibrators/calibration_map.hpp>
#include <calibrant/calibrators/knot_curve.hpp>
#include <calibrant/calibrators/operator_graph.hpp>
#include <calibrant/calibrators/parameter_list.hpp>

namespace calibrant::detail {

/// "knots", "x" and "y" of curves.
[[nodiscard]] std::vector<parameter> knot_parameters(const std::vector<knot_curve>& curves);

/// Whether the values of a curve may fall.
enum class knot_order { any, non_decreasing };

/// The curves again, `count` of them. Throws error (malformed_input) on what are no curves of probabilities, or fall
/// where they may not.
[[nodiscard]] std::vector<knot_curve> stored_knot_curves(const parameter_list& stored, std::size_t count,
                                                         knot_order order);

/// The values of curves in a graph, one curve for each column of scores or one for all: of the knot at or below a score
/// its value, and on from there along the line.
[[nodiscard]] std::string knot_values(operator_graph& graph, const std::vector<knot_curve>& curves, curve_shape shape,
                                      const std::string& from);

}  // namespace calibrant::detail
