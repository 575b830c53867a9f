#pragma once

#include <string>

#include <calibrant/core/error.hpp>

namespace calibrant {

/// The probability with which an interval is meant to cover its target, e.g. 0.95: a type of its own, because a bare
/// number invites passing 0.05 where 0.95 is meant.
class confidence_level {
 public:
  constexpr confidence_level() noexcept = default;

  /// Throws error_code::invalid_argument unless 0 < level < 1.
  explicit confidence_level(double level) : level_(level) {
    if (!(level > 0 && level < 1))
      throw error(error_code::invalid_argument, "confidence level: got " + std::to_string(level) +
                                                    ", expected a number between 0 and 1; pass 0.95 for 95 %");
  }

  [[nodiscard]] constexpr double level() const noexcept { return level_; }
  /// 1 - level, the probability left to both sides of an interval together.
  [[nodiscard]] constexpr double alpha() const noexcept { return 1 - level_; }

  friend bool operator==(confidence_level, confidence_level) = default;

 private:
  double level_ = 0.95;
};

}  // namespace calibrant
