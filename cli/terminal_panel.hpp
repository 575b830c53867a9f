#pragma once

#include <string>

#include <calibrant/evaluation/evaluation.hpp>

#include "cli/terminal.hpp"

namespace calibrant::cli {

/// The evaluation for a person at a terminal, the verdict first: lines of at most `screen.width` columns where the
/// texts allow it. With `every_class` the class table is complete. Plain ASCII where the locale is not UTF-8, apart
/// from names that are not.
[[nodiscard]] std::string terminal_panel(const evaluation& result, bool every_class, const terminal& screen);

}  // namespace calibrant::cli
