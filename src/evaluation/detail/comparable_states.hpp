#pragma once

#include <string_view>

#include <calibrant/evaluation/evaluation_state.hpp>

namespace calibrant::detail {

/// A state and what messages call it.
struct named_state {
  const evaluation_state& state;
  std::string_view name;
};

/// Throws error (state_mismatch) in one sentence unless both were measured in the same form: classes, bins and log
/// floor.
void require_comparable(const named_state& state, const named_state& baseline);

}  // namespace calibrant::detail
