#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/exit_code.hpp"
#include "cli/input_arguments.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace calibrant::cli {

/// The command line of `calibrant report`. What is absent was not given.
struct report_arguments : input_arguments {
  std::string output;
  std::optional<std::string> before;
  std::optional<std::string> baseline;
  std::optional<std::string> weight_kind;  ///< "frequency" or "importance"
  std::optional<std::size_t> bins;
  std::optional<double> level;
  std::vector<const CLI::Option*> of_predictions;  ///< those that say something of predictions alone
};

void declare_report(CLI::App& root, report_arguments& options);

/// Measures and writes the page. `command` is the command line as typed, for the record. Throws error.
[[nodiscard]] exit_code run(const report_arguments& options, const std::string& command);

}  // namespace calibrant::cli
