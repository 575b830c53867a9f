#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <calibrant/core/error.hpp>

namespace calibrant::fuzz {

/// Ends the run as a crash does, so that the driver keeps the input.
[[noreturn]] inline void fail(const char* what) {
  std::fprintf(stderr, "fuzz: %s\n", what);
  std::abort();
}

inline void require(bool holds, const char* what) {
  if (!holds) fail(what);
}

/// Runs `f`; true if it succeeded, false if it refused its input. A refusal is an error with a message that is not a
/// fault of Calibrant; anything else is a finding.
template <class F>
bool accepted(F&& f) {
  try {
    std::forward<F>(f)();
    return true;
  } catch (const error& e) {
    require(e.code() != error_code::internal, e.what());
    require(!std::string_view(e.what()).empty(), "a refusal without a message");
    return false;
  }
}

}  // namespace calibrant::fuzz
