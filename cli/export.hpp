#pragma once

#include <string>

#include "cli/exit_code.hpp"

namespace CLI {
class App;
}

namespace calibrant::cli {

/// The command line of `calibrant export`.
struct export_options {
  std::string model;
  std::string onnx;
};

void declare_export(CLI::App& root, export_options& options);

/// Writes a model for other runtimes. Throws error.
[[nodiscard]] exit_code run(const export_options& options);

}  // namespace calibrant::cli
