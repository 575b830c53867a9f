#pragma once

#include <string>

#include <calibrant/evaluation/gate.hpp>

namespace calibrant::detail {

/// What to do about a check that does not pass; nothing where it does. `reason`: why its rows say nothing, if so.
[[nodiscard]] std::string advice_about(const gate_check& check, const std::string& reason);

/// The verdict in one sentence.
[[nodiscard]] std::string verdict_of(const gate_result& result);

}  // namespace calibrant::detail
