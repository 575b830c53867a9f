#pragma once

#include <string>
#include <vector>

#include "cli/exit_code.hpp"

namespace calibrant::cli {

/// The command line of `calibrant merge`.
struct merge_options {
  std::vector<std::string> states;
  std::string output;
};

/// Merges state files in the order given into one. Throws error.
[[nodiscard]] exit_code run(const merge_options& options);

}  // namespace calibrant::cli
