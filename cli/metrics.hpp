#pragma once

#include "cli/exit_code.hpp"

namespace calibrant::cli {

/// The command line of `calibrant metrics`; at most one form.
struct metrics_options {
  bool json = false;
  bool markdown = false;
  bool json_schema = false;
  bool peers = false;
};

/// Shows the catalogue of metrics, or that of peers as JSON, or the JSON Schema of `evaluate --json`, which is made
/// from it. Throws error.
[[nodiscard]] exit_code run(const metrics_options& options);

}  // namespace calibrant::cli
