#pragma once

#include <span>
#include <vector>

namespace calibrant {

/// P-values adjusted for their number (Holm 1979): with p_(1) <= ... <= p_(m) the i-th smallest becomes
/// max_{j <= i} min(1, (m - j + 1) p_(j)). Whoever calls what is at most alpha a finding makes any false one with
/// probability alpha at most, whatever the tests depend on. Ties get equal values. In the order of `p_values`, which
/// lie in [0, 1]. O(m log m).
[[nodiscard]] std::vector<double> holm_adjusted(std::span<const double> p_values);

}  // namespace calibrant
