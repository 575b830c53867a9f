#pragma once

#include <span>
#include <string>
#include <string_view>

namespace calibrant::cli {

/// Whether a path means standard output: "-" or one of the names that Linux has for it.
[[nodiscard]] bool is_standard_output(const std::string& path);

/// Where one option wants its result: a path, or "-" for standard output.
struct output_target {
  std::string_view option;  ///< as the user typed it, e.g. "--json"
  std::string path;

  [[nodiscard]] bool is_stdout() const { return is_standard_output(path); }
};

/// Refuses, before any work is done, what cannot end well: two outputs in one place or an output that is an input
/// (error invalid_argument), a folder that is absent or not writable, a folder in the place of the file (error
/// unwritable_output).
void check_outputs(std::span<const output_target> outputs, std::span<const std::string> inputs);

}  // namespace calibrant::cli
