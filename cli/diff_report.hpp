#pragma once

#include <string>

#include <calibrant/evaluation/state_diff.hpp>

#include "cli/terminal.hpp"

namespace calibrant::cli {

/// The verdict in one sentence, what was compared, the leading metrics; then of the other metrics, the classes and the
/// groups what changed, or how many tests found nothing. With `every_class` all that changed of classes.
[[nodiscard]] std::string terminal_diff(const state_diff& result, bool every_class, const terminal& screen);

/// The same as Markdown, for the summary of a job.
[[nodiscard]] std::string markdown_diff(const state_diff& result, bool every_class);

}  // namespace calibrant::cli
