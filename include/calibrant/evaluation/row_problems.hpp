#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace calibrant {

/// Why a row cannot be measured.
enum class row_problem {
  not_finite,      ///< NaN or infinity among probabilities; NaN or +infinity among logits, or all of them -infinity
  negative,        ///< a probability below 0
  above_one,       ///< a probability above 1 + 1e-6
  bad_sum,         ///< probabilities whose sum is not 1 within the tolerance
  missing_label,   ///< the label, the prediction or its correctness is absent (null, empty, NaN)
  unknown_label,   ///< the label or the prediction names no class, or its correctness is neither 0 nor 1
  invalid_weight,  ///< the weight is negative, not finite or absent
};
inline constexpr std::size_t row_problem_count = 7;

/// Stable snake_case name, the key under `data.skipped` in the JSON result.
[[nodiscard]] std::string_view name_of(row_problem problem) noexcept;

/// Per kind of problem: how many rows have it, and the first of them in the order of sources and rows.
class row_problems {
 public:
  struct entry {
    std::uint64_t count = 0;
    std::size_t source = 0;  ///< of the first offender
    std::uint64_t row = 0;   ///< of the first offender, counted from 0 inside its source
    std::string got;         ///< what stood there, e.g. "sums to 0.9312"
  };

  /// `got` is a phrase that follows "row 17 ".
  void record(row_problem problem, std::size_t source, std::uint64_t row, std::string got);
  void merge(const row_problems& other);

  [[nodiscard]] const entry& operator[](row_problem problem) const noexcept {
    return entries_[static_cast<std::size_t>(problem)];
  }
  [[nodiscard]] std::uint64_t total() const noexcept;
  /// The problem whose first offender comes first, if there is any.
  [[nodiscard]] std::optional<row_problem> first() const noexcept;

 private:
  std::array<entry, row_problem_count> entries_;
};

}  // namespace calibrant
