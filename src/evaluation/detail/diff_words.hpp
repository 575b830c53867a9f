#pragma once

#include <string>
#include <vector>

#include <calibrant/evaluation/state_diff.hpp>

namespace calibrant::detail {

/// The verdict in one sentence: what got worse, what got better, what else moved; or how far it may have moved unseen.
[[nodiscard]] std::string verdict_of(const state_diff& result);

/// What to do about what got worse, a sentence each.
[[nodiscard]] std::vector<std::string> diff_advice(const state_diff& result);

/// What a reader should know before trusting the numbers: few rows, rows that both states may share, what happened to
/// rows on their way in, groups that one state has alone.
[[nodiscard]] std::vector<evaluation_warning> diff_warnings(const state_diff& result, const evaluation_state& before,
                                                            const evaluation_state& after);

}  // namespace calibrant::detail
