#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <calibrant/figures/drawn_figure.hpp>

namespace calibrant::detail {

/// The headline as a sentence.
[[nodiscard]] std::string headline_sentence(const panel& shown);
/// The estimate of a metric in words; nothing if the evaluation does not have it.
[[nodiscard]] std::string metric_sentence(const figure_source& source, std::string_view metric,
                                          const std::string& name);
/// "n = 1,234", of weights "weight 1,234.5".
[[nodiscard]] std::string rows_sentence(const figure_source& source);
/// Whether intervals that count hits hold: not of soft labels.
[[nodiscard]] bool labels_are_drawn(const figure_source& source);

/// The classes by calibration error, the largest first; those without one are left out.
[[nodiscard]] std::vector<std::size_t> worst_classes(const figure_source& source);
/// The class that the options name, or the worst. Throws error (invalid_argument) if there is no such class.
[[nodiscard]] std::size_t chosen_class(const figure_source& source, const figure_options& options);

/// "0.1234 to 0.5678" in a table, "-" where there is none.
[[nodiscard]] std::string range_cell(const std::optional<interval>& range, int decimals = 4);

/// Text of parts that are not empty, each a sentence.
[[nodiscard]] std::string sentences(const std::vector<std::string>& parts);

}  // namespace calibrant::detail
