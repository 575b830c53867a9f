#pragma once

#include <string>

#include "cli/command_description.hpp"

namespace calibrant::cli {

/// The manual page calibrant(1) in troff's man macros: every command with its options, the metrics of the catalogue,
/// exit codes, environment.
[[nodiscard]] std::string man_page(const command_description& root);

}  // namespace calibrant::cli
