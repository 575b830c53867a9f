#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <calibrant/core/class_names.hpp>
#include <calibrant/io/input_options.hpp>

namespace calibrant::io {

/// Which columns of a table hold what, by position.
struct column_roles {
  std::vector<std::size_t> scores;  ///< in class order
  std::optional<std::size_t> label;
  std::optional<std::size_t> weight;
  std::optional<std::size_t> group;
};

/// The score columns of a table and the class names that they give: what '*' matched, the columns as listed, or the
/// columns as they are.
struct score_selection {
  std::vector<std::size_t> columns;
  std::vector<std::string> names;
};

/// Whether a column of this name is the label, weight or group column.
[[nodiscard]] bool has_other_role(const std::string& column, const input_options& options);

/// Throws error (malformed_input) if two columns have one name.
void require_distinct_columns(const std::string& path, const std::vector<std::string>& columns);

/// Position of a column. Throws error (missing_input) naming the role, the nearest name and the columns there are.
[[nodiscard]] std::size_t find_column(const std::string& path, const std::vector<std::string>& columns,
                                      const std::string& name, const char* role);

/// Label, weight and group columns. Throws error (missing_input).
void find_key_columns(const std::string& path, const std::vector<std::string>& columns, const input_options& options,
                      column_roles& roles);

/// Score columns by `options.scores`: a pattern with one '*' (which matches at least one character), a list separated
/// by commas, or, if absent, every column. Columns with the name of the label, weight or group column are none. Throws
/// error (missing_input, invalid_argument, invalid_classes).
[[nodiscard]] score_selection select_scores(const std::string& path, const std::vector<std::string>& columns,
                                            const input_options& options);

/// The names of K classes: `options.classes` in column order, else `from_columns`, else 0..K-1 if that is empty.
/// Throws error (invalid_classes) on K < 2 or bad names, (shape_mismatch) if `options.classes` are not K.
[[nodiscard]] class_names resolve_classes(const std::string& path, std::size_t count,
                                          const std::vector<std::string>& from_columns, const input_options& options);

}  // namespace calibrant::io
