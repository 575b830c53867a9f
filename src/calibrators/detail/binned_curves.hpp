#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <calibrant/calibrators/histogram_binning.hpp>

#include "calibrators/detail/sorted_responses.hpp"

namespace calibrant::detail {

/// Sets the value of every bin between the edges to the share of hits among the rows there, of an empty one to its
/// centre. Returns the weight in each bin.
std::vector<double> fill_with_shares(binned_curve& curve, const sorted_responses& groups);

/// Says in the report how many curves have fewer bins of equal mass than asked for.
void note_fewer_bins(const std::vector<binned_curve>& curves, std::size_t asked, fit_report& report);

/// "bins", "edges" and "values" of curves.
[[nodiscard]] std::vector<parameter> binned_parameters(const std::vector<binned_curve>& curves);

/// The curves again, `count` of them. Throws error (malformed_input) on what are no bins of probabilities.
[[nodiscard]] std::vector<binned_curve> stored_binned_curves(const parameter_list& stored, std::size_t count);

/// The values of curves in a graph, one curve for each column of scores.
[[nodiscard]] std::string binned_values(operator_graph& graph, const std::vector<binned_curve>& curves,
                                        const std::string& from);

}  // namespace calibrant::detail
