#pragma once

#include <calibrant/core/error.hpp>

namespace calibrant::cli {

/// What the command's exit status says.
enum class exit_code {
  success = 0,
  failed = 1,        ///< a gate failed
  usage = 2,         ///< the command line alone is wrong
  data = 3,          ///< anything about files and data, outputs included
  internal = 4,      ///< a broken invariant of Calibrant itself
  inconclusive = 5,  ///< a gate cannot tell yet
};

/// The one table from library errors to exit codes.
[[nodiscard]] exit_code exit_code_of(error_code code) noexcept;

}  // namespace calibrant::cli
