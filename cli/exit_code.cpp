#include "cli/exit_code.hpp"

namespace calibrant::cli {

exit_code exit_code_of(error_code code) noexcept {
  switch (code) {
    case error_code::invalid_argument:
      return exit_code::usage;
    case error_code::undeclared_input:
    case error_code::missing_input:
    case error_code::malformed_input:
    case error_code::shape_mismatch:
    case error_code::invalid_scores:
    case error_code::invalid_labels:
    case error_code::invalid_weights:
    case error_code::invalid_classes:
    case error_code::no_rows:
    case error_code::state_mismatch:
    case error_code::unsupported:
    case error_code::unwritable_output:
      return exit_code::data;
    case error_code::internal:
      return exit_code::internal;
  }
  return exit_code::internal;
}

}  // namespace calibrant::cli
