#pragma once

#include <string>

#include <calibrant/evaluation/gate.hpp>

namespace calibrant::cli {

/// The result as JUnit XML, one test case per check: a failure where it fails, an error where it is inconclusive.
[[nodiscard]] std::string gate_junit(const gate_result& result);

}  // namespace calibrant::cli
