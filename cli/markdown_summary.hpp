#pragma once

#include <string>

#include <calibrant/evaluation/evaluation.hpp>

namespace calibrant::cli {

/// The evaluation as GitHub-flavoured Markdown, for the summary of a job or a pull request: what the terminal panel
/// says, as tables. With `every_class` the class table is complete.
[[nodiscard]] std::string markdown_summary(const evaluation& result, bool every_class);

}  // namespace calibrant::cli
