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
  std::vector<std::size_t> scores = {};  ///< in class order; a single one stands for the row
  std::optional<std::size_t> prediction = {};
  std::optional<std::size_t> label = {};
  std::optional<std::size_t> correct = {};
  std::vector<std::size_t> label_shares = {};  ///< of a soft label, in class order
  std::optional<std::size_t> weight = {};
  std::optional<std::size_t> group = {};
  std::optional<std::size_t> id = {};

  /// Calls `visit` with the position of every column that is no score, one that has two roles twice.
  template <class Visit>
  void visit_keys(Visit&& visit) const {
    for (const auto& column : {prediction, label, correct, weight, group, id})
      if (column) visit(*column);
    for (const std::size_t column : label_shares) visit(column);
  }
  /// Whether a row says what the truth is.
  [[nodiscard]] bool have_truth() const noexcept { return label || correct || !label_shares.empty(); }
  [[nodiscard]] bool have_keys() const noexcept { return have_truth() || prediction || id; }
};

/// Which keys a file holds where scores and labels come from two.
enum class file_part { everything, predictions, labels };

/// The score columns of a table and the class names that they give: what '*' matched, the columns as listed, or the
/// columns as they are.
struct score_selection {
  std::vector<std::size_t> columns;
  std::vector<std::string> names;
};

/// Which columns something else than the scores claims, such as the label.
[[nodiscard]] std::vector<bool> claimed_columns(const std::vector<std::string>& columns, const input_options& options);

/// Throws error (malformed_input) if two columns have one name.
void require_distinct_columns(const std::string& path, const std::vector<std::string>& columns);

/// Position of a column. Throws error (missing_input) naming the role, the nearest name and the columns there are.
[[nodiscard]] std::size_t find_column(const std::string& path, const std::vector<std::string>& columns,
                                      const std::string& name, const char* role);

/// The columns that are no scores: prediction and id in a file of predictions, label or correctness, weight, group and
/// id in one of labels. Soft labels need the classes and are selected apart. Throws error (missing_input).
void find_key_columns(const std::string& path, const std::vector<std::string>& columns, const input_options& options,
                      column_roles& roles, file_part part = file_part::everything);

/// Columns of the shares of a soft label in class order, by `options.soft_labels`: a pattern whose '*' names every
/// class once, or as many columns as classes, in class order. Throws error (missing_input, invalid_classes,
/// invalid_argument).
[[nodiscard]] std::vector<std::size_t> select_label_shares(const std::string& path,
                                                           const std::vector<std::string>& columns,
                                                           const input_options& options, const class_names& classes);

/// Score columns by `options.scores`: a pattern with one '*' (which matches at least one character), a list separated
/// by commas, or, if absent, every column. Columns with another role are none. Of a positive class or a confidence it
/// is their one column, which names no class. Throws error (missing_input, invalid_argument, invalid_classes).
[[nodiscard]] score_selection select_scores(const std::string& path, const std::vector<std::string>& columns,
                                            const input_options& options);

/// The names of K classes: `options.classes` in column order, else `from_columns`, else 0..K-1 if that is empty.
/// Throws error (invalid_classes) on K < 2 or bad names, (shape_mismatch) if `options.classes` are not K.
[[nodiscard]] class_names resolve_classes(const std::string& path, std::size_t count,
                                          const std::vector<std::string>& from_columns, const input_options& options);

}  // namespace calibrant::io
