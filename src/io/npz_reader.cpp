#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>

#include "io/detail/key_columns.hpp"
#include "io/detail/npy_file.hpp"
#include "io/detail/table_file.hpp"
#include "io/detail/zip_archive.hpp"

namespace calibrant::io {
namespace {

constexpr std::string_view array_suffix = ".npy";

/// The members of an archive that are arrays.
class array_archive {
 public:
  explicit array_archive(const std::string& path) : zip_(path) {
    for (const zip_member& member : zip_.members()) {
      if (!member.name.ends_with(array_suffix)) continue;
      names_.push_back(member.name.substr(0, member.name.size() - array_suffix.size()));
      arrays_.push_back(&member);
    }
    if (names_.empty())
      throw error(error_code::missing_input,
                  fmt::format("{}: the archive holds no array, expected scores and labels; save them with "
                              "numpy.savez(path, scores=p, label=y)",
                              path));
  }

  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return zip_.size(); }
  [[nodiscard]] const std::string& path() const noexcept { return zip_.path(); }
  [[nodiscard]] npy_array open(std::size_t i) const {
    return npy_array(zip_.open(*arrays_[i], fmt::format("{}[\"{}\"]", path(), names_[i])));
  }

 private:
  zip_archive zip_;
  std::vector<std::string> names_;
  std::vector<const zip_member*> arrays_;
};

class npz_rows final : public row_reader {
 public:
  npz_rows(std::shared_ptr<const array_archive> archive, const column_roles& roles)
      : archive_(std::move(archive)), roles_(roles), keys_(archive_->names().size()) {
    if (roles.scores.size() == 1) {
      matrix_.emplace(archive_->open(roles.scores[0]), true);
      require_rows(roles.scores[0], *matrix_->rows());
    } else {
      for (const std::size_t column : roles.scores) {
        scores_.push_back(open_column(column, "score"));
        if (!scores_.back().is_float())
          refuse_type(scores_.back(), error_code::unsupported,
                      "scores of float16, float32 or float64; convert it with x.astype('float32'), or select the "
                      "scores with --scores");
      }
    }
    if (roles.label) open_labels(*roles.label);
    roles_.visit_keys([&](std::size_t column) {
      if (!is_share(column) && !keys_[column]) keys_[column].emplace(open_column(column, "value"));
    });
    if (roles.prediction) keys_[*roles.prediction]->require_no_float("predictions");
    for (const auto& column : {roles.group, roles.id})
      if (column && keys_[*column]->is_float())
        refuse_type(*keys_[*column], error_code::malformed_input, "integers or text for a group or an id");
    if (roles.weight && keys_[*roles.weight]->is_text())
      refuse_type(*keys_[*roles.weight], error_code::invalid_weights, "numbers for a weight");
    for (const std::size_t column : roles_.label_shares)
      if (!is_share(column) && keys_[column]->is_text())
        refuse_type(*keys_[column], error_code::invalid_labels, "numbers from 0 to 1 for a soft label");
  }

  std::size_t read(std::size_t at_most, batch_buffers& into, row_keys& keys) override {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(at_most, rows_ - next_));
    if (count == 0) return 0;
    if (matrix_) matrix_->read(count, into, keys);
    if (!scores_.empty()) append_columns(count, into);
    for (std::optional<npy_column>& column : keys_)
      if (column) column->fetch(count);
    if (shares_) {
      if (shares_->classes() != keys.classes().size())
        throw error(
            error_code::shape_mismatch,
            fmt::format("{}: is an array of shape {}, expected one label per row or, for soft labels, one share "
                        "for each of the {} classes",
                        shares_->array().name(), shape_text(shares_->array().header().shape), keys.classes().size()));
      shares_->fetch(count);
    }
    if (roles_.have_keys())
      for (std::size_t i = 0; i < count; ++i) append_keys(roles_, row_cells{*this, i}, 0, into, keys);
    next_ += count;
    return count;
  }

  [[nodiscard]] std::optional<std::uint64_t> rows() const override { return rows_; }
  [[nodiscard]] std::uint64_t bytes_read() const override {
    if (next_ == rows_) return archive_->size();
    std::uint64_t bytes = matrix_ ? matrix_->bytes_read() : 0;
    for (const npy_column& column : scores_) bytes += column.array().bytes_of_file();
    return std::min(bytes, archive_->size());
  }

 private:
  /// A row of those fetched last as append_keys sees it.
  struct row_cells {
    const npz_rows& rows;
    std::size_t row;

    [[nodiscard]] double number(std::size_t column) const {
      return rows.is_share(column) ? rows.shares_->share(row, column - rows.keys_.size())
                                   : rows.keys_[column]->number(row);
    }
    template <class OnInteger, class OnText, class OnNull>
    auto visit(std::size_t column, OnInteger&& on_integer, OnText&& on_text, OnNull&& on_null) const {
      return rows.keys_[column]->visit(row, on_integer, on_text, on_null);
    }
  };

  /// The columns of an array of soft labels are numbered behind the arrays.
  [[nodiscard]] bool is_share(std::size_t column) const { return column >= keys_.size(); }

  /// Labels are one per row, or the shares of the classes.
  void open_labels(std::size_t column) {
    npy_array array = archive_->open(column);
    if (!npy_shares::is_one(array.header())) {
      keys_[column].emplace(open_column(column, "label"));
      keys_[column]->require_no_float("labels");
      return;
    }
    shares_.emplace(std::move(array));
    require_rows(column, shares_->rows());
    roles_.label.reset();
    for (std::size_t k = 0; k < shares_->classes(); ++k) roles_.label_shares.push_back(keys_.size() + k);
  }

  npy_column open_column(std::size_t column, const char* item) {
    npy_column result(archive_->open(column), item);
    require_rows(column, result.rows());
    return result;
  }

  [[noreturn]] static void refuse_type(const npy_column& column, error_code code, const char* expected) {
    throw error(code, fmt::format("{}: is an array of type '{}', expected {}", column.array().name(),
                                  column.array().header().type, expected));
  }

  /// All arrays that are read have as many rows as the first of them.
  void require_rows(std::size_t column, std::uint64_t rows) {
    const std::string& name = archive_->names()[column];
    if (first_name_.empty()) {
      first_name_ = name;
      rows_ = rows;
    }
    if (rows != rows_)
      throw error(error_code::shape_mismatch,
                  fmt::format("{}: \"{}\" has {} rows and \"{}\" has {}, expected one value per row in the same order",
                              archive_->path(), first_name_, rows_, name, rows));
  }

  void append_columns(std::size_t count, batch_buffers& into) {
    const std::size_t K = scores_.size();
    into.type = score_type::float64;
    double* const out = room_for(into.float64, into.rows + count, K) + into.rows * K;
    for (std::size_t k = 0; k < K; ++k) {
      scores_[k].fetch(count);
      for (std::size_t i = 0; i < count; ++i) out[i * K + k] = scores_[k].number(i);
    }
  }

  std::shared_ptr<const array_archive> archive_;
  column_roles roles_;
  std::optional<npy_scores> matrix_;             ///< the scores as one array
  std::vector<npy_column> scores_;               ///< or as one array per class
  std::vector<std::optional<npy_column>> keys_;  ///< by column, those with a role
  std::optional<npy_shares> shares_;
  std::string first_name_;
  std::uint64_t rows_ = 0;
  std::uint64_t next_ = 0;
};

class npz_table final : public table_file {
 public:
  explicit npz_table(const std::string& path) : archive_(std::make_shared<array_archive>(path)) {}

  [[nodiscard]] const std::vector<std::string>& columns() const override { return archive_->names(); }
  [[nodiscard]] std::optional<score_array> array_at(std::size_t column) override {
    const npy_array array = archive_->open(column);
    const npy_header& header = array.header();
    if (header.shape.size() != 2) return std::nullopt;
    return score_array{.width = static_cast<std::size_t>(header.shape[1]),
                       .names = {},
                       .keyed = false,
                       .may_be_scores = header.type[1] == 'f'};
  }
  [[nodiscard]] std::unique_ptr<row_reader> rows(const column_roles& roles, bool) override {
    return std::make_unique<npz_rows>(archive_, roles);
  }

 private:
  std::shared_ptr<const array_archive> archive_;
};

}  // namespace

std::unique_ptr<table_file> open_npz(const std::string& path) { return std::make_unique<npz_table>(path); }

}  // namespace calibrant::io
