#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>

#include "io/detail/csv_records.hpp"
#include "io/detail/key_columns.hpp"
#include "io/detail/number_text.hpp"
#include "io/detail/table_file.hpp"

namespace calibrant::io {
namespace {

constexpr std::size_t longest_shown = 40;  // bytes of a cell in a message

class csv_rows final : public row_reader {
 public:
  csv_rows(csv_records records, std::vector<std::string> columns, const column_roles& roles, bool selected_by_name)
      : records_(std::move(records)),
        columns_(std::move(columns)),
        roles_(roles),
        selected_by_name_(selected_by_name) {}

  std::size_t read(std::size_t at_most, batch_buffers& into, row_keys& keys) override {
    const std::size_t classes = roles_.scores.size();
    double* out = nullptr;
    if (classes > 0) {
      into.type = score_type::float64;
      out = room_for(into.float64, into.rows + at_most, classes) + into.rows * classes;
    }
    std::size_t done = 0;
    for (; done < at_most && next_record(); ++done, ++row_) {
      // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): without columns nothing is written
      for (const std::size_t column : roles_.scores) *out++ = number(column);
      if (roles_.have_keys()) append_keys(roles_, row_cells{*this}, records_.line(), into, keys);
    }
    return done;
  }

  [[nodiscard]] std::optional<std::uint64_t> rows() const override { return std::nullopt; }
  [[nodiscard]] std::uint64_t bytes_read() const override { return records_.offset(); }

 private:
  /// The current record as append_keys sees it: every cell is text, an empty one is none.
  struct row_cells {
    const csv_rows& rows;

    [[nodiscard]] double number(std::size_t column) const { return rows.number(column); }
    template <class OnInteger, class OnText, class OnNull>
    auto visit(std::size_t column, OnInteger&&, OnText&& on_text, OnNull&& on_null) const {
      const std::string_view text = rows.cells_[column];
      return text.empty() ? on_null() : on_text(text);
    }
  };

  bool next_record() {
    if (!records_.next(cells_)) return false;
    if (columns_.size() > 1 && is_blank()) {
      const std::uint64_t blank = records_.line();
      do {
        if (!records_.next(cells_)) return false;  // lines without a character may end the file
      } while (is_blank());
      throw error(error_code::malformed_input,
                  fmt::format("{}: line {} is empty, expected {} cells; remove the empty line", records_.file().path(),
                              blank, columns_.size()));
    }
    if (cells_.size() != columns_.size())
      throw error(error_code::malformed_input,
                  fmt::format("{}: line {} (row {}) has {} cells, expected {} as in the header", records_.file().path(),
                              records_.line(), row_, cells_.size(), columns_.size()));
    return true;
  }

  [[nodiscard]] bool is_blank() const { return cells_.size() == 1 && cells_[0].empty(); }

  [[nodiscard]] double number(std::size_t column) const {
    const std::string_view cell = cells_[column];
    if (const auto value = parse_number(cell)) [[likely]]
      return *value;
    if (cell.find_first_not_of(" \t") == std::string_view::npos) return std::numeric_limits<double>::quiet_NaN();
    throw error(
        error_code::malformed_input,
        fmt::format("{}: row {} (line {}), column \"{}\": got \"{}\", expected a number{}", records_.file().path(),
                    row_, records_.line(), columns_[column], cell.substr(0, longest_shown),
                    selected_by_name_ ? "" : "; if it is no score, select the score columns with --scores"));
  }

  csv_records records_;
  std::vector<std::string> columns_;
  column_roles roles_;
  bool selected_by_name_;
  std::vector<std::string_view> cells_;
  std::uint64_t row_ = 0;  ///< in this file
};

class csv_table final : public table_file {
 public:
  csv_table(const std::string& path, char separator) : records_(path, separator) {
    std::vector<std::string_view> cells;
    if (!records_.next(cells))
      throw error(error_code::malformed_input,
                  fmt::format("{}: the file is empty, expected a first line that names the columns", path));
    columns_.assign(cells.begin(), cells.end());
    require_distinct_columns(path, columns_);
  }

  [[nodiscard]] const std::vector<std::string>& columns() const override { return columns_; }
  [[nodiscard]] std::unique_ptr<row_reader> rows(const column_roles& roles, bool selected_by_name) override {
    return std::make_unique<csv_rows>(std::move(records_), columns_, roles, selected_by_name);
  }

 private:
  csv_records records_;
  std::vector<std::string> columns_;
};

}  // namespace

std::unique_ptr<table_file> open_csv(const std::string& path, char separator) {
  return std::make_unique<csv_table>(path, separator);
}

}  // namespace calibrant::io
