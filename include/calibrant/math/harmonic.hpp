#pragma once

namespace calibrant {

/// sum_{j=1..n} 1/(a + j), continued to real n: psi(a + n + 1) - psi(a + 1) with the digamma function psi. For a >= 0
/// and n >= 0; 0 at n = 0. Relative error below 1e-14, also where n is tiny beside a. O(1).
[[nodiscard]] double harmonic_difference(double a, double n) noexcept;

}  // namespace calibrant
