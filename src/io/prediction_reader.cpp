#include <calibrant/io/prediction_reader.hpp>

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>
#include <calibrant/io/sha256.hpp>

#include "io/detail/input_file.hpp"
#include "io/detail/nearest_name.hpp"
#include "io/detail/npy_file.hpp"
#include "io/detail/open_table.hpp"
#include "io/detail/score_columns.hpp"

namespace calibrant {
namespace io {
namespace {

constexpr std::size_t batch_bytes = std::size_t{4} << 20;  ///< scores of one batch, as doubles
constexpr std::size_t most_batch_rows = 32768;

std::string hash_of(const std::string& path) {
  const input_file file(path);
  std::vector<std::byte> buffer(std::size_t{1} << 20);
  sha256 hash;
  for (std::uint64_t offset = 0;;) {
    const std::size_t got = file.read(buffer.data(), buffer.size(), offset);
    if (got == 0) return hash.finish();
    hash.update(std::span(buffer).first(got));
    offset += got;
  }
}

/// Rows of one source: scores and keys from one table, or scores from one file and keys from another in the same order.
struct open_source {
  std::unique_ptr<row_reader> scores;
  std::unique_ptr<row_reader> keys;  ///< null: `scores` delivers them
};

class file_source final : public batch_source {
 public:
  explicit file_source(input_options options) : options_(std::move(options)) {
    if (options_.paths.empty())
      throw error(error_code::missing_input, "predictions: got no file, expected at least one");
    for (const std::string& path : options_.paths) {
      check_companions(path);
      bytes_total_ += input_file(path).size();
      sources_.push_back({.path = path, .rows = 0, .sha256 = std::nullopt});
    }
    open(0);
    require_declared_kind();
  }

  [[nodiscard]] const class_names& classes() const override { return keys_->classes(); }
  [[nodiscard]] score_kind kind() const override { return *options_.kind; }
  [[nodiscard]] bool weighted() const override { return options_.weight.has_value(); }
  [[nodiscard]] bool grouped() const override { return options_.group.has_value(); }
  [[nodiscard]] const std::vector<source_info>& sources() const override { return sources_; }
  [[nodiscard]] const std::vector<std::string>& group_names() const override { return keys_->groups().names(); }
  [[nodiscard]] const row_problems& problems() const override { return keys_->problems(); }
  [[nodiscard]] std::uint64_t bytes_read() const override { return bytes_read_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t bytes_total() const override { return bytes_total_; }

  bool next(batch_buffers& into) override {
    while (current_ < sources_.size()) {
      if (!source_.scores) open(current_);
      if (read_batch(into)) return true;
      finish_source();
    }
    return false;
  }

 private:
  [[nodiscard]] bool separate_labels() const { return options_.labels_file.has_value(); }

  void check_companions(const std::string& path) const {
    if (format_of(path) == file_format::npy && !separate_labels())
      throw error(
          error_code::missing_input,
          fmt::format("{}: a .npy file has no labels, expected them in a file of their own; name it with --labels",
                      path));
    if (separate_labels() && format_of(*options_.labels_file) == file_format::npy &&
        (options_.weight || options_.group))
      throw error(
          error_code::missing_input,
          fmt::format("{}: a .npy file of labels has no weight or group column, expected a table; save labels, weights "
                      "and groups as .csv or .parquet",
                      *options_.labels_file));
  }

  /// A batch of at least one row of the current source, or false at its end.
  bool read_batch(batch_buffers& into) {
    into.rows = 0;
    into.labels.clear();
    into.weights.clear();
    into.groups.clear();
    into.source = current_;
    into.first_row = sources_[current_].rows;
    const std::size_t at_most =
        std::clamp<std::size_t>(batch_bytes / (classes().size() * sizeof(double)), 1, most_batch_rows);
    // A batch from several reads is worth it only where the reader hands out little at a time.
    while (into.rows < at_most) {
      const std::size_t got = source_.scores->read(at_most - into.rows, into, *keys_);
      if (got == 0) break;
      if (source_.keys) read_keys(got, into);
      into.rows += got;
    }
    if (into.rows == 0) return false;
    if (options_.percent) divide_by_100(into);
    sources_[current_].rows += into.rows;
    rows_of_all_ += into.rows;
    bytes_read_.store(bytes_done_ + source_.scores->bytes_read(), std::memory_order_relaxed);
    return true;
  }

  /// Division rounds correctly, so 50 becomes the number that 0.5 is. Halves are widened: they hold no hundredth well.
  void divide_by_100(batch_buffers& into) const {
    const std::size_t count = into.rows * classes().size();
    switch (into.type) {
      case score_type::float64:
        for (std::size_t i = 0; i < count; ++i) into.float64[i] /= 100;
        return;
      case score_type::float32:
        for (std::size_t i = 0; i < count; ++i) into.float32[i] /= 100;
        return;
      case score_type::float16:
        into.float32.resize(std::max(into.float32.size(), count));
        for (std::size_t i = 0; i < count; ++i) into.float32[i] = static_cast<float>(to_double(into.float16_[i])) / 100;
        into.type = score_type::float32;
        return;
    }
  }

  void read_keys(std::size_t rows, batch_buffers& into) {
    for (std::size_t got = 0; got < rows;) {
      const std::size_t more = source_.keys->read(rows - got, into, *keys_);
      if (more == 0) refuse_lengths(fmt::format("{}", rows_of_all_ + into.rows + got));
      got += more;
    }
  }

  /// `labels` says how many there are. The scores' file names its own length where it knows it.
  [[noreturn]] void refuse_lengths(const std::string& labels) const {
    const auto rows = sources_.size() == 1 && source_.scores ? source_.scores->rows() : std::nullopt;
    throw error(
        error_code::shape_mismatch,
        fmt::format("{}: holds {} labels for {} rows of {}, expected one label per row in the same order",
                    *options_.labels_file, labels, rows ? fmt::format("{}", *rows) : std::string("another number of"),
                    sources_.size() == 1 ? sources_[0].path : "the predictions"));
  }

  void finish_source() {
    const bool last = current_ + 1 == sources_.size();
    if (last && source_.keys) {
      batch_buffers beyond;
      if (source_.keys->read(1, beyond, *keys_) > 0) {
        const auto labels = source_.keys->rows();
        refuse_lengths(labels ? fmt::format("{}", *labels) : fmt::format("more than {}", rows_of_all_));
      }
    }
    if (options_.hash) sources_[current_].sha256 = hash_of(sources_[current_].path);
    bytes_done_ += source_.scores->bytes_read();
    source_.scores.reset();
    ++current_;
  }

  /// Opens source i; the first one decides the classes.
  void open(std::size_t i) {
    const std::string& path = sources_[i].path;
    if (format_of(path) == file_format::npy)
      open_array(path);
    else
      open_columns(path);
    if (separate_labels() && !source_.keys) open_label_file();
  }

  void open_array(const std::string& path) {
    auto scores = std::make_unique<npy_scores>(path);
    settle_classes(path, {.columns = {}, .names = {}, .count = scores->columns(), .keyed = false});
    source_.scores = std::move(scores);
  }

  void open_columns(const std::string& path) {
    const std::unique_ptr<table_file> table = open_table(path);
    column_roles roles;
    if (!separate_labels()) find_key_columns(path, table->columns(), options_, roles);
    score_choice scores = choose_scores(path, *table, options_);
    roles.scores = scores.columns;
    settle_classes(path, std::move(scores));
    source_.scores = table->rows(roles, options_.scores.has_value());
  }

  /// Makes sure that all sources give the same classes in the same order, or, where scores have keys, under the same
  /// names.
  void settle_classes(const std::string& path, score_choice scores) {
    if (keys_ && scores.keyed) return;  // rows with a key that is no class are refused when they are read
    const bool named = !scores.names.empty();
    if (keys_ && scores.count != classes().size())
      throw error(error_code::shape_mismatch,
                  fmt::format("{}: has {} score columns, but {} has {}, expected shards of one data set", path,
                              scores.count, sources_[0].path, classes().size()));
    if (keys_ && named && !class_columns_.empty() && scores.names != class_columns_)
      refuse_classes(path, scores.names, class_columns_);
    class_names resolved = resolve_classes(path, scores.count, scores.names, options_);
    if (keys_ && resolved != classes()) refuse_classes(path, resolved.names(), classes().names());
    if (named && !scores.keyed && class_columns_.empty()) class_columns_ = std::move(scores.names);
    if (!keys_) make_keys(std::move(resolved));
  }

  [[noreturn]] void refuse_classes(const std::string& path, const std::vector<std::string>& got,
                                   const std::vector<std::string>& expected) const {
    throw error(error_code::shape_mismatch,
                fmt::format("{}: has other columns than {}: its classes are {}, expected {} in this order; select the "
                            "same score columns in every shard with --scores",
                            path, sources_[0].path, list_of(got), list_of(expected)));
  }

  void open_label_file() {
    const std::string& path = *options_.labels_file;
    if (format_of(path) == file_format::npy) {
      source_.keys = open_npy_labels(path);
      return;
    }
    const std::unique_ptr<table_file> table = open_table(path);
    column_roles roles;
    find_key_columns(path, table->columns(), options_, roles);
    source_.keys = table->rows(roles, true);
  }

  void make_keys(class_names classes) {
    keys_.emplace(std::move(classes), separate_labels() ? fmt::format(" in {}", *options_.labels_file) : std::string());
  }

  /// Whether scores are logits is never guessed; the first row helps the user to know.
  void require_declared_kind() {
    if (options_.kind) return;
    batch_buffers first;
    double total = 0;
    if (source_.scores->read(1, first, *keys_) == 1) {
      first.rows = 1;
      first.labels.assign(1, refused_label);
      const prediction_batch batch = first.batch(score_kind::probabilities, classes().size());
      for (std::size_t k = 0; k < classes().size(); ++k) total += view_of(batch.values).at(0, k);
    }
    const bool percent = total > 99 && total < 101;
    throw error(
        error_code::undeclared_input,
        fmt::format("{}: say what the scores are, --probabilities (rows sum to 1) or --logits; the {} scores of the "
                    "first row sum to {:.6g}{}",
                    sources_[0].path, classes().size(), total,
                    percent ? ", as percentages do: --probabilities --scale percent" : ""));
  }

  input_options options_;
  std::vector<source_info> sources_;
  std::optional<row_keys> keys_;
  std::vector<std::string> class_columns_;  ///< classes in the order of the first source that names its columns so
  open_source source_;
  std::size_t current_ = 0;
  std::uint64_t rows_of_all_ = 0;
  std::uint64_t bytes_done_ = 0;
  std::uint64_t bytes_total_ = 0;
  std::atomic<std::uint64_t> bytes_read_ = 0;
};

}  // namespace
}  // namespace io

std::unique_ptr<batch_source> open_predictions(const input_options& options) {
  return std::make_unique<io::file_source>(options);
}

}  // namespace calibrant
