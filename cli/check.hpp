#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cli/exit_code.hpp"
#include "cli/input_arguments.hpp"
#include "cli/metric_arguments.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace calibrant::cli {

/// The command line of `calibrant check`. What is absent was not given.
struct check_options : input_arguments, metric_arguments {
  std::optional<std::string> limits;
  std::vector<std::string> most;     ///< METRIC=LIMIT
  std::vector<std::string> least;    ///< METRIC=LIMIT
  std::vector<std::string> margins;  ///< METRIC=MARGIN, beside a baseline
  std::optional<std::string> no_worse_than;
  bool per_group = false;
  bool per_class = false;
  std::optional<double> level;

  std::optional<std::string> weight_kind;
  std::optional<std::size_t> bins;
  std::optional<double> log_floor;

  std::optional<std::string> json;
  std::optional<std::string> junit;
  std::optional<std::string> markdown;
};

/// Declares the command and returns what contradicts states as input.
[[nodiscard]] std::vector<const CLI::Option*> declare_check(CLI::App& root, check_options& options);

/// Whether the inputs are state files.
[[nodiscard]] bool reads_states(const check_options& options);

/// Judges and shows. `command` is the command line as typed, for the record. Throws error.
[[nodiscard]] exit_code run(const check_options& options, const std::string& command);

}  // namespace calibrant::cli
