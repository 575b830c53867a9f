#pragma once

#include <cmath>
#include <cstdint>

#include <calibrant/core/weights.hpp>
#include <calibrant/math/compensated_sum.hpp>
#include <calibrant/math/exact_sum.hpp>

namespace calibrant {

/// Sum of w x over rows, |x| < 2^20. Each x is rounded once to a multiple of 2^-40, so that rows of integer weight add
/// up without error in any order; other weights are compensated.
class row_sum {
 public:
  void add(double x, double weight) noexcept {
    const auto steps = static_cast<std::int64_t>(std::llrint(std::ldexp(x, 40)));
    if (is_exact_weight(weight))
      exact_ += static_cast<int128>(steps) * static_cast<std::int64_t>(weight);
    else
      rest_.add(weight * std::ldexp(static_cast<double>(steps), -40));
  }
  [[nodiscard]] double value() const noexcept { return std::ldexp(static_cast<double>(exact_), -40) + rest_.value(); }

 private:
  int128 exact_ = 0;
  compensated_sum rest_;
};

}  // namespace calibrant
