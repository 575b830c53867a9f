#pragma once

#include <CLI/CLI.hpp>

#include <vector>

#include "cli/evaluate.hpp"

namespace calibrant::cli {

/// Adds the command `evaluate` and its options, which fill `options`. Returns those that are about the input: they
/// belong to the pass, so a state has fixed all of them.
[[nodiscard]] std::vector<const CLI::Option*> declare_evaluate(CLI::App& root, evaluate_options& options);

}  // namespace calibrant::cli
