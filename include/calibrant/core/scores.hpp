#pragma once

#include <variant>

#include <calibrant/core/matrix_view.hpp>

namespace calibrant {

/// n x K rows on the simplex. A type of its own: nothing in Calibrant guesses whether scores were normalised.
class probabilities {
 public:
  explicit probabilities(matrix_view view) noexcept : view_(view) {}
  [[nodiscard]] const matrix_view& view() const noexcept { return view_; }

 private:
  matrix_view view_;
};

/// n x K rows of unnormalised log-probabilities in nats; log-probabilities are logits. -infinity means probability 0.
class logits {
 public:
  explicit logits(matrix_view view) noexcept : view_(view) {}
  [[nodiscard]] const matrix_view& view() const noexcept { return view_; }

 private:
  matrix_view view_;
};

/// n x 1 confidences in [0, 1]: of each row the probability of the predicted class alone.
class confidences {
 public:
  explicit confidences(matrix_view view) noexcept : view_(view) {}
  [[nodiscard]] const matrix_view& view() const noexcept { return view_; }

 private:
  matrix_view view_;
};

/// The scores of one batch, with their kind.
using scores = std::variant<probabilities, logits, confidences>;

[[nodiscard]] inline const matrix_view& view_of(const scores& s) noexcept {
  return std::visit([](const auto& typed) -> const matrix_view& { return typed.view(); }, s);
}

}  // namespace calibrant
