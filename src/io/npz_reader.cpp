#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>

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
  npz_rows(std::shared_ptr<const array_archive> archive, const column_roles& roles) : archive_(std::move(archive)) {
    if (roles.scores.size() == 1) {
      matrix_.emplace(archive_->open(roles.scores[0]));
      require_rows(roles.scores[0], *matrix_->rows());
    } else {
      for (const std::size_t column : roles.scores) {
        scores_.push_back(column_of(column, "score"));
        if (!scores_.back().is_float())
          throw error(error_code::unsupported,
                      fmt::format("{}: is an array of type '{}', expected scores of float16, float32 or float64; "
                                  "convert it with x.astype('float32'), or select the scores with --scores",
                                  scores_.back().array().name(), scores_.back().array().header().type));
      }
    }
    if (roles.label) {
      labels_ = open_npy_labels(archive_->open(*roles.label));
      require_rows(*roles.label, *labels_->rows());
    }
    if (roles.weight) {
      weights_.emplace(column_of(*roles.weight, "weight"));
      if (weights_->is_text())
        throw error(error_code::invalid_weights,
                    fmt::format("{}: is an array of texts, expected numbers for a weight", weights_->array().name()));
    }
    if (roles.group) {
      groups_.emplace(column_of(*roles.group, "group"));
      if (groups_->is_float())
        throw error(error_code::malformed_input,
                    fmt::format("{}: is an array of type '{}', expected integers or text for a group",
                                groups_->array().name(), groups_->array().header().type));
    }
  }

  std::size_t read(std::size_t at_most, batch_buffers& into, row_keys& keys) override {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(at_most, rows_ - next_));
    if (count == 0) return 0;
    if (matrix_) matrix_->read(count, into, keys);
    if (!scores_.empty()) append_columns(count, into);
    const std::size_t first = into.labels.size();
    const auto place = [&](std::size_t i) { return row_place{into.source, into.first_row + first + i, 0}; };
    if (labels_)
      for (std::size_t got = 0; got < count;) got += labels_->read(count - got, into, keys);
    if (weights_) {
      weights_->fetch(count);
      for (std::size_t i = 0; i < count; ++i)
        into.weights.push_back(keys.weight(weights_->number(i), into.labels[first + i], place(i)));
    }
    if (groups_) {
      groups_->fetch(count);
      group_dictionary& groups = keys.groups();
      for (std::size_t i = 0; i < count; ++i)
        into.groups.push_back(groups_->visit_key(
            i, [&](std::int64_t value) { return groups.index_of(value); },
            [&](std::string_view text) { return groups.index_of(text); }, [&] { return groups.missing(); }));
    }
    next_ += count;
    return count;
  }

  [[nodiscard]] std::optional<std::uint64_t> rows() const override { return rows_; }
  [[nodiscard]] std::uint64_t bytes_read() const override {
    if (next_ == rows_) return archive_->size();
    std::uint64_t bytes = matrix_ ? matrix_->bytes_read() : 0;
    for (const npy_column& column : scores_) bytes += column.array().bytes_of_file();
    if (labels_) bytes += labels_->bytes_read();
    return std::min(bytes, archive_->size());
  }

 private:
  npy_column column_of(std::size_t column, const char* role) {
    npy_column result(archive_->open(column), role);
    require_rows(column, result.rows());
    return result;
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
  std::optional<npy_scores> matrix_;  ///< the scores as one array
  std::vector<npy_column> scores_;    ///< or as one array per class
  std::unique_ptr<row_reader> labels_;
  std::optional<npy_column> weights_;
  std::optional<npy_column> groups_;
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
    return score_array{
        .width = static_cast<std::size_t>(header.shape[1]), .names = {}, .is_float = header.type[1] == 'f'};
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
