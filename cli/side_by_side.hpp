#pragma once

#include <span>
#include <string>

#include <calibrant/evaluation/evaluation.hpp>

#include "cli/terminal.hpp"

namespace calibrant::cli {

/// Several data sets that were measured with the same options, one column for each, named by its file: rows, verdict
/// and every metric with its interval. Where the screen is too narrow for all columns they come in several tables.
[[nodiscard]] std::string terminal_side_by_side(std::span<const evaluation> results, const terminal& screen);

/// The same as a Markdown table.
[[nodiscard]] std::string markdown_side_by_side(std::span<const evaluation> results);

/// A JSON array of the documents of evaluation_json, in order.
[[nodiscard]] std::string json_side_by_side(std::span<const std::string> documents);

}  // namespace calibrant::cli
