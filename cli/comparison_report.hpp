#pragma once

#include <string>

#include <calibrant/evaluation/comparison.hpp>

#include "cli/terminal.hpp"

namespace calibrant::cli {

/// A comparison for people: the verdict about every pair first, then the models side by side and the differences.
[[nodiscard]] std::string terminal_comparison(const comparison& result, const terminal& screen);

/// The same as Markdown.
[[nodiscard]] std::string markdown_comparison(const comparison& result);

}  // namespace calibrant::cli
