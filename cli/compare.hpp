#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "cli/exit_code.hpp"
#include "cli/input_arguments.hpp"

namespace CLI {
class App;
}

namespace calibrant::cli {

/// The command line of `calibrant compare`. What is absent was not given.
struct compare_options : input_arguments {
  bool all_pairs = false;
  std::optional<std::string> kinds;  ///< what the scores of each file are, separated by commas
  std::optional<std::string> weight_kind;
  std::optional<std::size_t> bins;
  std::optional<double> log_floor;
  std::optional<double> level;
  std::optional<std::size_t> bootstrap;
  std::optional<std::uint64_t> seed;
  std::optional<std::string> json;
  std::optional<std::string> markdown;
  std::optional<std::string> report;
};

void declare_compare(CLI::App& root, compare_options& options);

/// Compares and shows. `command` is the command line as typed, for the record in the JSON result. Throws error.
[[nodiscard]] exit_code run(const compare_options& options, const std::string& command);

}  // namespace calibrant::cli
