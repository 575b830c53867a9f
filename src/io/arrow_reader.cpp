#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>

#include "io/detail/arrow_columns.hpp"
#include "io/detail/input_file.hpp"
#include "io/detail/key_columns.hpp"
#include "io/detail/parquet_library.hpp"
#include "io/detail/table_file.hpp"

namespace calibrant::io {
namespace {

constexpr std::int64_t most_batch_rows = 32768;
constexpr std::int64_t batch_bytes = std::int64_t{64} << 20;  // scores of one batch of a Parquet file, as doubles
constexpr std::int64_t tile_rows =
    128;  // rows of a tile whose scores stay in the cache while its columns are copied one by one

using message_buffer = std::array<char, 1024>;

/// A file that the plugin reads, or a table that is handed over as a stream.
struct arrow_origin {
  std::string path;
  arrow_file_kind kind = arrow_file_kind::ipc;
  std::shared_ptr<const arrow_table> table = nullptr;  ///< null: a file
  std::uint64_t bytes = 0;
  std::int64_t rows = -1;          ///< -1: not known in advance
  std::vector<std::string> names;  ///< of its columns

  [[noreturn]] void refuse(const std::string& reason) const {
    if (table)
      throw error(error_code::malformed_input,
                  fmt::format("{}: is not a readable table ({}); expected columns of numbers and text", path, reason));
    throw error(error_code::malformed_input, fmt::format("{}: is not a readable {} file ({}); write it again", path,
                                                         kind == arrow_file_kind::ipc ? "Arrow" : "Parquet", reason));
  }
};

/// The sentence of the stream's error, without what Arrow adds under "Detail" (a traceback of Python, say).
std::string last_error(ArrowArrayStream* stream) {
  const char* const text = stream->get_last_error(stream);
  if (text == nullptr) return "no reason given";
  const std::string_view reason = text;
  return std::string(reason.substr(0, std::min(reason.find('\n'), reason.find(". Detail: "))));
}

/// The schema of what a stream delivers, which must be rows of columns.
void read_schema(const arrow_origin& origin, ArrowArrayStream* stream, ArrowSchema* schema) {
  if (stream->get_schema(stream, schema) != 0) origin.refuse(last_error(stream));
  if (std::string_view(schema->format) != "+s") origin.refuse("it delivers values instead of rows with columns");
}

/// Some columns of a file or table, batch by batch.
class arrow_batches {
 public:
  /// `columns` may be in any order and name a column twice; it is read once.
  arrow_batches(const arrow_origin& origin, std::vector<std::size_t> columns, std::int64_t rows_at_once)
      : origin_(origin), columns_(std::move(columns)) {
    std::sort(columns_.begin(), columns_.end());
    columns_.erase(std::unique(columns_.begin(), columns_.end()), columns_.end());
    if (origin_.table)
      open_table();
    else
      open_file(rows_at_once);
    read_schema(origin_, stream_.get(), schema_.get());
    if (origin_.table && schema_->n_children == static_cast<std::int64_t>(origin_.names.size())) {
      columns_.resize(origin_.names.size());  // all are there
      std::iota(columns_.begin(), columns_.end(), std::size_t{0});
    }
    bool same = schema_->n_children == static_cast<std::int64_t>(columns_.size());
    for (std::size_t i = 0; same && i < columns_.size(); ++i) same = type(i).name == origin_.names[columns_[i]];
    if (!same) origin_.refuse("other columns are delivered than those asked for");
  }

  /// Position of a column among those that are read, which are in the order of the file.
  [[nodiscard]] std::size_t child_of(std::size_t column) const {
    return static_cast<std::size_t>(std::lower_bound(columns_.begin(), columns_.end(), column) - columns_.begin());
  }
  [[nodiscard]] const ArrowSchema& type(std::size_t child) const { return *schema_->children[child]; }
  /// A column of the current batch.
  [[nodiscard]] const ArrowArray& array(std::size_t child) const { return *batch_->children[child]; }
  /// Rows of the current batch are [first, first + rows) of its columns.
  [[nodiscard]] std::int64_t first() const { return batch_->offset; }
  [[nodiscard]] std::int64_t rows() const { return batch_->length; }

  /// The next batch that has rows; false at the end.
  bool next() {
    do {
      batch_.reset();
      if (stream_->get_next(stream_.get(), batch_.get()) != 0) origin_.refuse(last_error(stream_.get()));
      if (batch_->release == nullptr) return false;
    } while (batch_->length == 0);
    return true;
  }

 private:
  void open_file(std::int64_t rows_at_once) {
    const std::vector<int> selected(columns_.begin(), columns_.end());
    message_buffer message;
    if (load_parquet_library(origin_.path)
            .open(origin_.path.c_str(), static_cast<int>(origin_.kind), selected.data(), selected.size(), rows_at_once,
                  stream_.get(), message.data(), message.size()) != 0)
      origin_.refuse(message.data());
  }

  void open_table() {
    std::vector<std::string> wanted;
    wanted.reserve(columns_.size());
    for (const std::size_t column : columns_) wanted.push_back(origin_.names[column]);
    origin_.table->open(wanted, stream_.get());
  }

  arrow_origin origin_;
  std::vector<std::size_t> columns_;  ///< those that are delivered, in the order of the file
  arrow_owned<ArrowArrayStream> stream_;
  arrow_owned<ArrowSchema> schema_;
  arrow_owned<ArrowArray> batch_;
};

std::vector<std::size_t> columns_of(const column_roles& roles) {
  std::vector<std::size_t> columns = roles.scores;
  roles.visit_keys([&](std::size_t column) { columns.push_back(column); });
  return columns;
}

class arrow_rows final : public row_reader {
 public:
  /// `width`: the scores of a row, where they are one column of lists; else 0.
  arrow_rows(const arrow_origin& origin, const column_roles& roles, std::size_t width, std::size_t columns)
      : origin_(origin),
        roles_(roles),
        width_(width > 0 ? width : roles.scores.size()),
        batches_(origin, columns_of(roles), rows_at_once(width_)),
        child_of_(columns),
        lists_(width > 0) {
    for (const std::size_t column : roles_.scores) scores_.push_back(batches_.child_of(column));
    roles_.visit_keys([&](std::size_t column) { child_of_[column] = batches_.child_of(column); });
    check_types();
  }

  std::size_t read(std::size_t at_most, batch_buffers& into, row_keys& keys) override {
    if (position_ == batch_end_) {
      position_ = batch_end_ = 0;
      if (ended_ || !batches_.next()) {
        ended_ = true;
        return 0;
      }
      position_ = batches_.first();
      batch_end_ = position_ + batches_.rows();
    }
    const std::int64_t count = std::min(batch_end_ - position_, static_cast<std::int64_t>(at_most));
    if (!roles_.scores.empty()) append_scores(count, into);
    if (roles_.have_keys())
      for (std::int64_t i = 0; i < count; ++i) append_keys(roles_, row_cells{*this, position_ + i}, 0, into, keys);
    position_ += count;
    rows_read_ += count;
    return static_cast<std::size_t>(count);
  }

  [[nodiscard]] std::optional<std::uint64_t> rows() const override {
    if (origin_.rows < 0) return std::nullopt;
    return static_cast<std::uint64_t>(origin_.rows);
  }
  [[nodiscard]] std::uint64_t bytes_read() const override {
    if (ended_ || origin_.rows == rows_read_) return origin_.bytes;
    if (origin_.rows < 0) return 0;
    return static_cast<std::uint64_t>(static_cast<double>(origin_.bytes) * static_cast<double>(rows_read_) /
                                      static_cast<double>(origin_.rows));
  }

 private:
  static std::int64_t rows_at_once(std::size_t width) {
    const auto row_bytes = static_cast<std::int64_t>(std::max<std::size_t>(width, 1) * sizeof(double));
    return std::clamp<std::int64_t>(batch_bytes / row_bytes, 1, most_batch_rows);
  }

  [[nodiscard]] const ArrowSchema& type(std::size_t child) const { return batches_.type(child); }
  /// Type of the numbers in a column of scores.
  [[nodiscard]] const ArrowSchema& number_type(std::size_t child) const {
    return lists_ ? *type(child).children[0] : type(child);
  }

  [[noreturn]] void refuse_type(std::size_t child, error_code code, const char* expected) const {
    throw error(code, fmt::format("{}: column \"{}\" is of type {}, expected {}", origin_.path, type(child).name,
                                  type_name(type(child)), expected));
  }

  void check_types() {
    bool same = true;
    for (const std::size_t child : scores_) {
      const arrow_kind kind = kind_of(number_type(child));
      // Stated confidences are often whole percentages; among many columns integers are rather an index or a label.
      if (kind == arrow_kind::integer && scores_.size() == 1 && !list_layout_of(type(child))) continue;
      if (kind != arrow_kind::float16 && kind != arrow_kind::float32 && kind != arrow_kind::float64)
        refuse_type(child, error_code::malformed_input,
                    "float16, float32 or float64 scores; if it holds none, select the score columns with --scores");
      same = same && kind == kind_of(number_type(scores_.front()));
    }
    if (!scores_.empty() && same)
      type_ = kind_of(number_type(scores_.front())) == arrow_kind::float32   ? score_type::float32
              : kind_of(number_type(scores_.front())) == arrow_kind::float16 ? score_type::float16
                                                                             : score_type::float64;
    const auto require = [&](std::optional<std::size_t> column, bool text, bool floats, error_code code,
                             const char* expected) {
      if (!column) return;
      const arrow_kind kind = kind_of(type(child_of_[*column]));
      const bool is_text = kind == arrow_kind::text || kind == arrow_kind::integer_codes;
      const bool is_whole = kind == arrow_kind::integer || kind == arrow_kind::boolean;
      const bool is_float = !is_text && !is_whole && kind != arrow_kind::other;
      if (!is_whole && !(text && is_text) && !(floats && is_float)) refuse_type(child_of_[*column], code, expected);
    };
    require(roles_.label, true, false, error_code::invalid_labels, "integers or text; write class names or indices");
    require(roles_.prediction, true, false, error_code::invalid_labels,
            "integers or text for a prediction; write class names or indices");
    require(roles_.correct, true, true, error_code::invalid_labels, "0 and 1, booleans or text for the correctness");
    require(roles_.group, true, false, error_code::malformed_input, "integers or text for a group");
    require(roles_.id, true, false, error_code::malformed_input, "integers or text for an id");
    require(roles_.weight, false, true, error_code::invalid_weights, "numbers for a weight");
    for (const std::size_t column : roles_.label_shares)
      require(column, false, true, error_code::invalid_labels, "numbers from 0 to 1 for a soft label");
  }

  void append_scores(std::int64_t count, batch_buffers& into) {
    into.type = type_;
    const auto fill = [&](auto& buffer) {
      auto* const out = room_for(buffer, into.rows + static_cast<std::size_t>(count), width_) + into.rows * width_;
      if (lists_)
        copy_lists(count, out);
      else
        copy_columns(count, out);
    };
    if (type_ == score_type::float32)
      fill(into.float32);
    else if (type_ == score_type::float16)
      fill(into.float16_);
    else
      fill(into.float64);
  }

  template <class T>
  void copy_columns(std::int64_t count, T* out) const {
    for (std::int64_t tile = 0; tile < count; tile += tile_rows)
      for (std::size_t k = 0; k < width_; ++k)
        copy_scores(type(scores_[k]), batches_.array(scores_[k]), position_ + tile, std::min(tile_rows, count - tile),
                    out + static_cast<std::size_t>(tile) * width_ + k, width_);
  }

  template <class T>
  void copy_lists(std::int64_t count, T* out) const {
    const ArrowArray& lists = batches_.array(scores_[0]);
    for (std::int64_t i = 0; i < count; ++i, out += width_) {
      const bool absent = is_null(lists, position_ + i);
      const list_extent list = list_at(type(scores_[0]), lists, position_ + i);
      if (absent || list.length != static_cast<std::int64_t>(width_))
        throw error(
            error_code::malformed_input,
            fmt::format("{}: row {} has {} scores in column \"{}\", expected {} as in the first row", origin_.path,
                        rows_read_ + i, absent ? "no" : fmt::format("{}", list.length), type(scores_[0]).name, width_));
      copy_scores(number_type(scores_[0]), *lists.children[0], list.first, list.length, out, 1);
    }
  }

  /// A row of the current batch as append_keys sees it.
  struct row_cells {
    const arrow_rows& rows;
    std::int64_t row;

    [[nodiscard]] double number(std::size_t column) const {
      const std::size_t child = rows.child_of_[column];
      return number_at(rows.type(child), rows.batches_.array(child), row);
    }
    template <class OnInteger, class OnText, class OnNull>
    auto visit(std::size_t column, OnInteger&& on_integer, OnText&& on_text, OnNull&& on_null) const {
      const std::size_t child = rows.child_of_[column];
      return visit_key(rows.type(child), rows.batches_.array(child), row, on_integer, on_text, on_null);
    }
  };

  arrow_origin origin_;
  column_roles roles_;
  std::size_t width_;  ///< scores of a row
  arrow_batches batches_;
  std::int64_t position_ = 0;  ///< of the next row in the batch
  std::int64_t batch_end_ = 0;
  std::int64_t rows_read_ = 0;
  bool ended_ = false;
  std::vector<std::size_t> scores_;    ///< columns that are read, in class order
  std::vector<std::size_t> child_of_;  ///< by column, for those that are no scores
  bool lists_;                         ///< scores are one column of lists
  score_type type_ = score_type::float64;
};

class arrow_columns final : public table_file {
 public:
  arrow_columns(const std::string& path, arrow_file_kind kind)
      : origin_{.path = path, .kind = kind, .bytes = input_file(path).size(), .names = {}} {
    message_buffer message;
    if (load_parquet_library(path).describe(path.c_str(), static_cast<int>(kind), schema_.get(), &origin_.rows,
                                            message.data(), message.size()) != 0)
      origin_.refuse(message.data());
    name_columns();
  }

  arrow_columns(const std::string& name, std::shared_ptr<const arrow_table> table)
      : origin_{.path = name, .table = std::move(table), .names = {}} {
    arrow_owned<ArrowArrayStream> stream;
    origin_.table->open({}, stream.get());
    read_schema(origin_, stream.get(), schema_.get());
    name_columns();
  }

  [[nodiscard]] const std::vector<std::string>& columns() const override { return origin_.names; }

  [[nodiscard]] std::optional<score_array> array_at(std::size_t column) override {
    const ArrowSchema& type = *schema_->children[column];
    if (!list_layout_of(type)) return std::nullopt;
    const arrow_kind kind = kind_of(*type.children[0]);
    const bool is_float = kind == arrow_kind::float16 || kind == arrow_kind::float32 || kind == arrow_kind::float64;
    return score_array{.width = list_length(column, type), .names = {}, .keyed = false, .may_be_scores = is_float};
  }

  [[nodiscard]] std::unique_ptr<row_reader> rows(const column_roles& roles, bool) override {
    const std::size_t width = roles.scores.size() == 1 && list_layout_of(*schema_->children[roles.scores[0]])
                                  ? list_length(roles.scores[0], *schema_->children[roles.scores[0]])
                                  : 0;
    return std::make_unique<arrow_rows>(origin_, roles, width, origin_.names.size());
  }

 private:
  void name_columns() {
    for (std::int64_t i = 0; i < schema_->n_children; ++i) origin_.names.emplace_back(schema_->children[i]->name);
    require_distinct_columns(origin_.path, origin_.names);
  }

  /// Length of all lists, or of that in the first row; 0 without rows.
  [[nodiscard]] std::size_t list_length(std::size_t column, const ArrowSchema& type) const {
    if (const std::size_t fixed = fixed_list_length(type); fixed > 0) return fixed;
    arrow_batches batches(origin_, {column}, 1);
    if (!batches.next()) return 0;
    const ArrowArray& lists = batches.array(batches.child_of(column));
    if (is_null(lists, batches.first())) return 0;
    return static_cast<std::size_t>(list_at(type, lists, batches.first()).length);
  }

  arrow_origin origin_;
  arrow_owned<ArrowSchema> schema_;
};

}  // namespace

std::unique_ptr<table_file> open_parquet(const std::string& path) {
  return std::make_unique<arrow_columns>(path, arrow_file_kind::parquet);
}

std::unique_ptr<table_file> open_arrow(const std::string& path) {
  return std::make_unique<arrow_columns>(path, arrow_file_kind::ipc);
}

std::unique_ptr<table_file> open_arrow_table(const std::string& name, std::shared_ptr<const arrow_table> table) {
  return std::make_unique<arrow_columns>(name, std::move(table));
}

}  // namespace calibrant::io
