#pragma once

namespace calibrant {

/// ln Gamma(x) for x > 0; infinity for x = 0. Unlike std::lgamma it writes no global, so threads may call it together.
/// O(1).
[[nodiscard]] double log_gamma(double x) noexcept;

}  // namespace calibrant
