#pragma once

#include <string>

#include <calibrant/evaluation/gate.hpp>

#include "cli/terminal.hpp"

namespace calibrant::cli {

/// The verdict in one sentence, then a table of the limits: what fails, what is open, what passes; of many that pass
/// only how many.
[[nodiscard]] std::string terminal_gate(const gate_result& result, const terminal& screen);

/// The same as Markdown, for the summary of a job.
[[nodiscard]] std::string markdown_gate(const gate_result& result);

}  // namespace calibrant::cli
