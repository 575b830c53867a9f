#pragma once

#include <cstddef>
#include <string>

#include <calibrant/evaluation/evaluation.hpp>

#include "cli/text_table.hpp"

namespace calibrant::cli {

/// What every text face shows of an evaluation, in finished words: the terminal panel and the Markdown summary differ
/// in layout alone. All text is printable.

/// What was read: rows, classes, kind of scores, weights, sources.
[[nodiscard]] std::string data_sentence(const evaluation& result);

/// One row per metric of the panel, in its order.
[[nodiscard]] text_table metric_table(const panel& shown, const evaluation_options& options);

/// Up to `limit` classes with the largest calibration error first; ties in column order.
[[nodiscard]] text_table class_error_table(const evaluation& result, std::size_t limit);

/// One row per non-empty bin of the top-label diagram.
[[nodiscard]] text_table reliability_table(const panel& shown, const evaluation_options& options);

/// Up to `limit` groups side by side, by name.
[[nodiscard]] text_table group_table(const evaluation& result, std::size_t limit);

/// Whether some figure of the panel is missing, so that a dash in the table needs explaining.
[[nodiscard]] bool has_missing_figures(const panel& shown);

inline constexpr std::size_t worst_classes_shown = 5;
inline constexpr std::size_t groups_shown = 20;
inline constexpr const char* missing_figure_note =
    "\"-\": not defined, or no construction of tested coverage; the JSON result gives each reason";
inline constexpr const char* expected_note =
    "\"if calibrated\": what a perfectly calibrated model with these confidences would score on this many rows";

}  // namespace calibrant::cli
