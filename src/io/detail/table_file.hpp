#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <calibrant/io/arrow_table.hpp>

#include "io/detail/column_roles.hpp"
#include "io/detail/row_reader.hpp"

namespace calibrant::io {

/// A column each of whose cells holds several scores of a row.
struct score_array {
  std::size_t width = 0;           ///< scores in a cell; of the first row, where cells could differ
  std::vector<std::string> names;  ///< keys of the scores in the first row, where scores have keys; else empty
  bool keyed = false;              ///< whether scores have keys, in any order; a row may lack some
  bool may_be_scores = true;       ///< false: they are no floating-point numbers, and only meant if they are named
};

/// A file with named columns, before it is known which of them are read.
class table_file {
 public:
  table_file() = default;
  table_file(const table_file&) = delete;
  table_file& operator=(const table_file&) = delete;
  virtual ~table_file() = default;

  [[nodiscard]] virtual const std::vector<std::string>& columns() const = 0;
  /// What the cells of a column hold, if they are arrays. Throws error if the column cannot be read.
  [[nodiscard]] virtual std::optional<score_array> array_at(std::size_t) { return std::nullopt; }
  /// Rows with the given columns, where `roles.scores` may be one column of arrays; `selected_by_name` says whether the
  /// user named the score columns, for messages. Called once.
  [[nodiscard]] virtual std::unique_ptr<row_reader> rows(const column_roles& roles, bool selected_by_name) = 0;
};

/// A file of values separated by `separator`; the first record names the columns. Scores are read as float64. Cells may
/// be in quotes. Score cells: a decimal number, nan, inf, or nothing (NaN). Label cells: text; nothing is a missing
/// label.
[[nodiscard]] std::unique_ptr<table_file> open_csv(const std::string& path, char separator);

/// A Parquet file through the plugin. Scores keep their type if all columns have the same one of float16, float32 and
/// float64; mixed columns are widened to float64. Nulls among scores are NaN. Scores may be one column of lists, all as
/// long as the first one.
[[nodiscard]] std::unique_ptr<table_file> open_parquet(const std::string& path);

/// An Arrow IPC file (Feather version 2) or stream through the same plugin, by the same rules. Memory: its largest
/// record batch, as far as its columns are read.
[[nodiscard]] std::unique_ptr<table_file> open_arrow(const std::string& path);

/// A table that is handed over as a stream, by the rules of Parquet files.
[[nodiscard]] std::unique_ptr<table_file> open_arrow_table(const std::string& name,
                                                           std::shared_ptr<const arrow_table> table);

/// An archive as numpy.savez and numpy.savez_compressed write it; its columns are the arrays by name. Scores are one
/// array of rows x classes, which keeps its type, or arrays of one number per row, which are widened to float64. Arrays
/// are read by the rules of .npy files, from front to back: memory does not depend on their size.
[[nodiscard]] std::unique_ptr<table_file> open_npz(const std::string& path);

/// A file of one JSON value per line: records with fields, whose columns are the fields of the first record, inner ones
/// by their path with points ("choice.logprobs"); or arrays of scores alone. Scores are one field that is an array, or
/// an object whose keys are the classes, or one field per class, as float64. Where a row lacks some of the keys or
/// fields, those classes get the probability 0, or with `kind` logits -infinity. Numbers may be NaN, Infinity and
/// -Infinity; null is NaN as a score and none elsewhere.
[[nodiscard]] std::unique_ptr<table_file> open_jsonl(const std::string& path, std::optional<score_kind> kind);

}  // namespace calibrant::io
