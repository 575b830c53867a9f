#pragma once

#include <optional>
#include <string>

#include "cli/exit_code.hpp"

namespace calibrant::cli {

/// The command line of `calibrant info`.
struct info_options {
  std::optional<std::string> file;  ///< a state or model file; absent: the build
};

/// Describes this build on this machine, or a state file. Throws error.
[[nodiscard]] exit_code run(const info_options& options);

}  // namespace calibrant::cli
