#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <calibrant/io/input_options.hpp>

#include "io/detail/table_file.hpp"

namespace calibrant::io {

/// Where the scores of a table stand and what they say of the classes.
struct score_choice {
  std::vector<std::size_t> columns;  ///< one column per class in class order, or one column of arrays
  std::vector<std::string> names;    ///< of the classes, as the table gives them; empty if it gives none
  std::size_t count = 0;             ///< classes
  bool keyed = false;                ///< scores have keys, so that their order does not matter
};

/// The scores of a table by `options.scores`: a column of arrays if it is the name of one, and without it the only
/// column of float arrays that has no other role; else one column per class, see select_scores. Keyed scores are as
/// many as `options.classes`, if these are given. Throws error (missing_input, invalid_argument, invalid_classes).
[[nodiscard]] score_choice choose_scores(const std::string& path, table_file& table, const input_options& options);

}  // namespace calibrant::io
