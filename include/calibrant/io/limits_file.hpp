#pragma once

#include <optional>
#include <string>
#include <vector>

#include <calibrant/evaluation/gate.hpp>

namespace calibrant {

/// What a file of limits says (docs/how-to/gate.md).
struct limits_file {
  std::vector<metric_limit> limits = {};
  std::vector<metric_limit> margins = {};      ///< rule no_worse, of the table `margin`
  std::optional<double> level = {};            ///< above 0.5 and below 1
  std::optional<std::string> no_worse_than{};  ///< a state file; a relative path starts at the folder of the file
};

/// Reads TOML. Throws error: missing_input where the file cannot be read, malformed_input on anything that is no limits
/// file, in one sentence with the line.
[[nodiscard]] limits_file read_limits(const std::string& path);

}  // namespace calibrant
