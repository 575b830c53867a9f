#pragma once

#include <string>
#include <vector>

namespace calibrant {

/// Instruction sets this build and processor can use, best first; "scalar" is always there.
[[nodiscard]] std::vector<std::string> simd_targets();

/// The one in use.
[[nodiscard]] std::string active_simd_target();

/// Uses another one from now on, for the whole process; results are the same bits. Throws error (unsupported) naming
/// those available. Call it before any evaluation runs.
void force_simd_target(const std::string& name);

}  // namespace calibrant
