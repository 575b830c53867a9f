#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <calibrant/core/weights.hpp>
#include <calibrant/evaluation/evaluator.hpp>

#include "cli/exit_code.hpp"
#include "cli/input_arguments.hpp"
#include "cli/metric_arguments.hpp"

namespace calibrant::cli {

/// The command line of `calibrant evaluate`. What is absent was not given.
struct evaluate_options : input_arguments, metric_arguments {
  bool each = false;  ///< every file on its own instead of all as shards of one data set
  std::optional<std::string> from_state;
  std::optional<std::string> weight_kind;  ///< "frequency" or "importance"

  std::optional<std::size_t> bins;
  std::optional<std::string> peer;  ///< a name of peer_catalog()
  std::optional<double> log_floor;
  std::optional<std::uint64_t> exact_rows;

  std::optional<double> level;
  std::optional<std::uint64_t> seed;     ///< of what draws at random
  std::optional<std::size_t> bootstrap;  ///< replicates
  std::optional<std::size_t> draws;      ///< of the labels
  std::optional<std::string> metrics;    ///< names separated by commas, or "all"
  bool per_class = false;

  std::optional<std::string> json;
  std::optional<std::string> markdown;
  std::optional<std::string> report;
  std::optional<std::string> state;
};

/// Measures and shows. `command` is the command line as typed, for the record in the JSON result. Throws error.
[[nodiscard]] exit_code run(const evaluate_options& options, const std::string& command);

}  // namespace calibrant::cli
