#pragma once

#include "cli/exit_code.hpp"

namespace CLI {
class App;
}

namespace calibrant::cli {

/// The command line of `calibrant calibrators`.
struct calibrators_options {
  bool json = false;
};

void declare_calibrators(CLI::App& root, calibrators_options& options);

/// Shows the catalogue of calibrators. Throws error.
[[nodiscard]] exit_code run(const calibrators_options& options);

}  // namespace calibrant::cli
