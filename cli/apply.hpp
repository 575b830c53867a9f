#pragma once

#include <string>

#include "cli/exit_code.hpp"
#include "cli/input_arguments.hpp"

namespace CLI {
class App;
}

namespace calibrant::cli {

/// The command line of `calibrant apply`.
struct apply_options : input_arguments {
  std::string model;
  std::string output;
};

void declare_apply(CLI::App& root, apply_options& options);

/// Maps the scores of a file. Throws error.
[[nodiscard]] exit_code run(const apply_options& options);

}  // namespace calibrant::cli
