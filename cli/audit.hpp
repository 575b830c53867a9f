#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "cli/exit_code.hpp"
#include "cli/input_arguments.hpp"
#include "cli/learning_arguments.hpp"

namespace CLI {
class App;
}

namespace calibrant::cli {

/// The command line of `calibrant audit`. Its predictions are the validation rows and the test rows.
struct audit_arguments : input_arguments, learning_arguments {
  std::optional<std::string> weight_kind;  ///< "frequency" or "importance"
  std::optional<std::size_t> bins;
  std::optional<double> level;
  std::string output;  ///< folder
};

void declare_audit(CLI::App& root, audit_arguments& options);

/// Learns on the first file, measures the second before and after, writes report, result, model, state and summary into
/// the folder, all or nothing, and says what came out. Throws error.
[[nodiscard]] exit_code run(const audit_arguments& options, const std::string& command);

}  // namespace calibrant::cli
