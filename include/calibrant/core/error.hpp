#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace calibrant {

/// What went wrong, in the terms of whoever has to act on it. Faces map each code once: to an exit code, an HTTP
/// status, a Python exception.
enum class error_code {
  invalid_argument,   ///< an argument of a call is outside its documented domain
  undeclared_input,   ///< scores were given without saying whether they are logits or probabilities
  missing_input,      ///< a file, a column or a required companion of the data does not exist
  malformed_input,    ///< bytes do not follow their format: truncated, corrupt, not a number
  shape_mismatch,     ///< lengths, column counts or class counts disagree
  invalid_scores,     ///< a score row breaks the rules of probabilities or logits
  invalid_labels,     ///< a label names no class
  invalid_weights,    ///< a weight is negative, not finite, or all are zero
  invalid_classes,    ///< class names are duplicated, empty or too few
  no_rows,            ///< nothing is left to measure
  state_mismatch,     ///< states of different configuration cannot be merged
  unsupported,        ///< valid input that this build or version cannot read
  unwritable_output,  ///< an output could not be written; nothing was left half-written
  internal,           ///< a broken invariant of Calibrant itself
};

/// Every error code, for tests and for the tables of the faces.
inline constexpr error_code all_error_codes[] = {
    error_code::invalid_argument,  error_code::undeclared_input, error_code::missing_input,
    error_code::malformed_input,   error_code::shape_mismatch,   error_code::invalid_scores,
    error_code::invalid_labels,    error_code::invalid_weights,  error_code::invalid_classes,
    error_code::no_rows,           error_code::state_mismatch,   error_code::unsupported,
    error_code::unwritable_output, error_code::internal,
};

/// Stable snake_case name of a code, e.g. "invalid_scores".
[[nodiscard]] std::string_view name_of(error_code code) noexcept;

/// The one exception type of the library. `what()` is one sentence: where, what was got, what was expected, what to do.
class error : public std::runtime_error {
 public:
  error(error_code code, const std::string& message) : std::runtime_error(message), code_(code) {}
  [[nodiscard]] error_code code() const noexcept { return code_; }

 private:
  error_code code_;
};

}  // namespace calibrant
