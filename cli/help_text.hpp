#pragma once

#include <cstddef>
#include <string>

#include "cli/command_description.hpp"

namespace calibrant::cli {

/// Summary, usage, options by group, details. `invocation` is what the user types, e.g. "calibrant evaluate".
[[nodiscard]] std::string help_text(const command_description& command, const std::string& invocation,
                                    std::size_t width);

/// "calibrant evaluate [OPTION...] PRED..."
[[nodiscard]] std::string usage_line(const command_description& command, const std::string& invocation);

/// "--bins N", "-o, --output FILE"
[[nodiscard]] std::string option_synopsis(const option_description& option);

}  // namespace calibrant::cli
