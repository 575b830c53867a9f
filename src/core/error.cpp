#include <calibrant/core/error.hpp>

namespace calibrant {

std::string_view name_of(error_code code) noexcept {
  switch (code) {
    case error_code::invalid_argument:
      return "invalid_argument";
    case error_code::undeclared_input:
      return "undeclared_input";
    case error_code::missing_input:
      return "missing_input";
    case error_code::malformed_input:
      return "malformed_input";
    case error_code::shape_mismatch:
      return "shape_mismatch";
    case error_code::invalid_scores:
      return "invalid_scores";
    case error_code::invalid_labels:
      return "invalid_labels";
    case error_code::invalid_weights:
      return "invalid_weights";
    case error_code::invalid_classes:
      return "invalid_classes";
    case error_code::no_rows:
      return "no_rows";
    case error_code::state_mismatch:
      return "state_mismatch";
    case error_code::unsupported:
      return "unsupported";
    case error_code::unwritable_output:
      return "unwritable_output";
    case error_code::internal:
      return "internal";
  }
  return "unknown";
}

}  // namespace calibrant
