#include <algorithm>
#include <array>
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

constexpr std::int64_t batch_rows = 32768;
constexpr std::int64_t tile_rows =
    128;  // rows of a tile whose scores stay in the cache while its columns are copied one by one

using message_buffer = std::array<char, 1024>;

[[noreturn]] void refuse_file(const std::string& path, const char* reason) {
  throw error(error_code::malformed_input,
              fmt::format("{}: is not a readable Parquet file ({}); write it again", path, reason));
}

class parquet_rows final : public row_reader {
 public:
  parquet_rows(std::string path, const column_roles& roles, std::int64_t rows, std::uint64_t bytes,
               const std::vector<std::string>& columns)
      : path_(std::move(path)), roles_(roles), all_rows_(rows), bytes_(bytes) {
    std::vector<int> selected;
    const auto select = [&](std::size_t column) { selected.push_back(static_cast<int>(column)); };
    for (const std::size_t column : roles_.scores) select(column);
    roles_.visit_keys(select);
    // A column may have two roles, e.g. label and group; it is read once.
    std::sort(selected.begin(), selected.end());
    selected.erase(std::unique(selected.begin(), selected.end()), selected.end());
    message_buffer message;
    if (load_parquet_library(path_).open(path_.c_str(), selected.data(), selected.size(), batch_rows, stream_.get(),
                                         message.data(), message.size()) != 0)
      refuse_file(path_, message.data());
    if (stream_->get_schema(stream_.get(), schema_.get()) != 0) refuse_file(path_, last_error());
    find_children(columns);
    check_types();
  }

  std::size_t read(std::size_t at_most, batch_buffers& into, row_keys& keys) override {
    if (!refill()) return 0;
    const std::int64_t count = std::min(array_->length - position_, static_cast<std::int64_t>(at_most));
    if (!roles_.scores.empty()) append_scores(count, into);
    if (roles_.have_keys())
      for (std::int64_t i = 0; i < count; ++i) append_keys(roles_, row_cells{*this, position_ + i}, 0, into, keys);
    position_ += count;
    rows_read_ += count;
    return static_cast<std::size_t>(count);
  }

  [[nodiscard]] std::optional<std::uint64_t> rows() const override { return static_cast<std::uint64_t>(all_rows_); }
  [[nodiscard]] std::uint64_t bytes_read() const override {
    if (all_rows_ == 0) return bytes_;
    return static_cast<std::uint64_t>(static_cast<double>(bytes_) * static_cast<double>(rows_read_) /
                                      static_cast<double>(all_rows_));
  }

 private:
  [[nodiscard]] const char* last_error() {
    const char* const text = stream_->get_last_error(stream_.get());
    return text == nullptr ? "no reason given" : text;
  }

  void find_children(const std::vector<std::string>& columns) {
    const auto child = [&](std::size_t column) {
      for (std::int64_t i = 0; i < schema_->n_children; ++i)
        if (columns[column] == schema_->children[i]->name) return static_cast<std::size_t>(i);
      refuse_file(path_, "a column is not delivered");
    };
    for (const std::size_t column : roles_.scores) scores_.push_back(child(column));
    child_of_.resize(columns.size());
    roles_.visit_keys([&](std::size_t column) { child_of_[column] = child(column); });
  }

  [[nodiscard]] const ArrowSchema& type(std::size_t child) const { return *schema_->children[child]; }

  [[noreturn]] void refuse_type(std::size_t child, error_code code, const char* expected) const {
    throw error(code, fmt::format("{}: column \"{}\" is of type {}, expected {}", path_, type(child).name,
                                  type_name(type(child)), expected));
  }

  void check_types() {
    bool same = true;
    for (const std::size_t child : scores_) {
      const arrow_kind kind = kind_of(type(child));
      if (kind != arrow_kind::float16 && kind != arrow_kind::float32 && kind != arrow_kind::float64)
        refuse_type(child, error_code::malformed_input,
                    "float16, float32 or float64 scores; if it holds none, select the score columns with --scores");
      same = same && kind == kind_of(type(scores_.front()));
    }
    if (!scores_.empty() && same)
      type_ = kind_of(type(scores_.front())) == arrow_kind::float32   ? score_type::float32
              : kind_of(type(scores_.front())) == arrow_kind::float16 ? score_type::float16
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

  /// Makes sure that a row waits; false at the end.
  bool refill() {
    while (array_->release == nullptr || position_ == array_->length) {
      array_.reset();
      position_ = 0;
      if (stream_->get_next(stream_.get(), array_.get()) != 0) refuse_file(path_, last_error());
      if (array_->release == nullptr) return false;
    }
    return true;
  }

  void append_scores(std::int64_t count, batch_buffers& into) {
    const std::size_t K = scores_.size();
    into.type = type_;
    const auto fill = [&](auto& buffer) {
      auto* const out = room_for(buffer, into.rows + static_cast<std::size_t>(count), K) + into.rows * K;
      for (std::int64_t tile = 0; tile < count; tile += tile_rows)
        for (std::size_t k = 0; k < K; ++k)
          copy_scores(type(scores_[k]), *array_->children[scores_[k]], position_ + tile,
                      std::min(tile_rows, count - tile), out + static_cast<std::size_t>(tile) * K + k, K);
    };
    if (type_ == score_type::float32)
      fill(into.float32);
    else if (type_ == score_type::float16)
      fill(into.float16_);
    else
      fill(into.float64);
  }

  /// A row of the current batch as append_keys sees it.
  struct row_cells {
    const parquet_rows& rows;
    std::int64_t row;

    [[nodiscard]] double number(std::size_t column) const {
      const std::size_t child = rows.child_of_[column];
      return number_at(rows.type(child), *rows.array_->children[child], row);
    }
    template <class OnInteger, class OnText, class OnNull>
    auto visit(std::size_t column, OnInteger&& on_integer, OnText&& on_text, OnNull&& on_null) const {
      const std::size_t child = rows.child_of_[column];
      return visit_key(rows.type(child), *rows.array_->children[child], row, on_integer, on_text, on_null);
    }
  };

  std::string path_;
  column_roles roles_;
  std::int64_t all_rows_;
  std::uint64_t bytes_;
  arrow_owned<ArrowArrayStream> stream_;
  arrow_owned<ArrowSchema> schema_;
  arrow_owned<ArrowArray> array_;  ///< the batch that is being handed out
  std::int64_t position_ = 0;      ///< of its next row
  std::int64_t rows_read_ = 0;
  std::vector<std::size_t> scores_;    ///< children of the stream, in class order
  std::vector<std::size_t> child_of_;  ///< by column, for those that are no scores
  score_type type_ = score_type::float64;
};

class parquet_table final : public table_file {
 public:
  explicit parquet_table(const std::string& path) : path_(path), bytes_(input_file(path).size()) {
    arrow_owned<ArrowSchema> schema;
    message_buffer message;
    if (load_parquet_library(path).describe(path.c_str(), schema.get(), &rows_, message.data(), message.size()) != 0)
      refuse_file(path, message.data());
    for (std::int64_t i = 0; i < schema->n_children; ++i) columns_.emplace_back(schema->children[i]->name);
    require_distinct_columns(path, columns_);
  }

  [[nodiscard]] const std::vector<std::string>& columns() const override { return columns_; }
  [[nodiscard]] std::unique_ptr<row_reader> rows(const column_roles& roles, bool) override {
    return std::make_unique<parquet_rows>(path_, roles, rows_, bytes_, columns_);
  }

 private:
  std::string path_;
  std::uint64_t bytes_;
  std::int64_t rows_ = 0;
  std::vector<std::string> columns_;
};

}  // namespace

std::unique_ptr<table_file> open_parquet(const std::string& path) { return std::make_unique<parquet_table>(path); }

}  // namespace calibrant::io
