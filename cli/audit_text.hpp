#pragma once

#include <string>

#include <calibrant/evaluation/audit.hpp>
#include <calibrant/evaluation/evaluation.hpp>

#include "cli/terminal.hpp"

namespace calibrant::cli {

/// What was learned, how it was before and after, and whether the difference is chance, for the terminal.
[[nodiscard]] std::string audit_text(const audit_result& result, const evaluation& before, const evaluation& after,
                                     const terminal& screen);

/// The same as one page of Markdown.
[[nodiscard]] std::string audit_summary(const audit_result& result, const evaluation& before, const evaluation& after);

}  // namespace calibrant::cli
