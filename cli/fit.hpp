#pragma once

#include <string>
#include <vector>

#include "cli/exit_code.hpp"
#include "cli/input_arguments.hpp"
#include "cli/learning_arguments.hpp"

namespace CLI {
class App;
}

namespace calibrant::cli {

/// The command line of `calibrant fit`.
struct fit_options : input_arguments, learning_arguments {
  std::vector<std::string> target;  ///< files of rows without labels
  std::string output;
};

void declare_fit(CLI::App& root, fit_options& options);

/// Learns, writes the model and says what was learned. Throws error.
[[nodiscard]] exit_code run(const fit_options& options);

}  // namespace calibrant::cli
