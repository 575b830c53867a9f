#pragma once

#include <optional>
#include <string>

#include "cli/exit_code.hpp"
#include "cli/input_arguments.hpp"
#include "cli/metric_arguments.hpp"

namespace CLI {
class App;
}

namespace calibrant::cli {

/// The command line of `calibrant diff`. What is absent was not given.
struct diff_arguments : metric_arguments {
  std::string before;
  std::string after;
  std::optional<std::string> metrics;  ///< names separated by commas, or "all"
  std::optional<double> level;
  bool per_class = false;
  std::optional<std::string> json;
  std::optional<std::string> markdown;
  std::optional<std::string> report;
  bool quiet = false;
  std::optional<std::size_t> threads;
};

void declare_diff(CLI::App& root, diff_arguments& options);

/// Compares two states and shows what changed. `command` is the command line as typed, for the record. Throws error.
[[nodiscard]] exit_code run(const diff_arguments& options, const std::string& command);

}  // namespace calibrant::cli
