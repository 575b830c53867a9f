#pragma once

#include <string>

#include "cli/command_description.hpp"

namespace calibrant::cli {

/// A completion script of the whole command for a shell: "bash", "zsh" or "fish". Throws error (invalid_argument) on
/// another one.
[[nodiscard]] std::string completion_script(const command_description& root, const std::string& shell);

}  // namespace calibrant::cli
