#pragma once

#include <string>
#include <vector>

#include <calibrant/io/input_options.hpp>

namespace calibrant {

/// A column of a table, before anybody said what it means.
struct table_column {
  std::string name;
  bool holds_several = false;  ///< a cell holds the scores of several classes
};

/// The columns of the first source of `options` (a file, or its table), in order. Throws error (missing_input,
/// malformed_input, unsupported).
[[nodiscard]] std::vector<table_column> table_columns(const input_options& options);

}  // namespace calibrant
