#include <calibrant/io/prediction_reader.hpp>

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>
#include <calibrant/io/sha256.hpp>
#include <calibrant/stats/row_store.hpp>

#include "io/detail/class_discovery.hpp"
#include "io/detail/input_file.hpp"
#include "io/detail/input_roles.hpp"
#include "io/detail/label_join.hpp"
#include "io/detail/nearest_name.hpp"
#include "io/detail/npy_file.hpp"
#include "io/detail/open_table.hpp"
#include "io/detail/positive_column.hpp"
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

/// Rows of one source: scores and keys from one table, or scores from one file and keys from another, in the same order
/// or joined by id.
struct open_source {
  std::unique_ptr<row_reader> scores;
  std::unique_ptr<row_reader> keys;  ///< null: `scores` delivers them, or `joined`
  std::unique_ptr<label_join> joined;
};

class file_source final : public batch_source {
 public:
  explicit file_source(input_options options) : options_(std::move(options)) {
    check_roles(options_);
    if (options_.confidence) options_.kind = score_kind::top_label;
    if (options_.paths.empty())
      throw error(error_code::missing_input, "predictions: got no file, expected at least one");
    if (options_.table && options_.paths.size() != 1)
      throw error(error_code::invalid_argument,
                  fmt::format("predictions: got a table with {} names, expected one", options_.paths.size()));
    for (const std::string& path : options_.paths) {
      check_companions(path);
      if (!options_.table) bytes_total_ += input_file(path).size();
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
  /// Whether a source is one array without names.
  [[nodiscard]] bool is_array(const std::string& path) const {
    return !options_.table && format_of(path) == file_format::npy;
  }

  void check_companions(const std::string& path) const {
    if (options_.scores_only) return;
    if (is_array(path) && !separate_labels())
      throw error(
          error_code::missing_input,
          fmt::format("{}: a .npy file has no labels, expected them in a file of their own; name it with --labels",
                      path));
    if (is_array(path) && (options_.confidence || options_.id))
      throw error(
          error_code::missing_input,
          fmt::format("{}: a .npy file has no {} column, expected a table; save the array with names as .csv or "
                      ".parquet",
                      path, options_.confidence ? "confidence" : "id"));
    if (!separate_labels() || format_of(*options_.labels_file) != file_format::npy) return;
    if (options_.id)
      throw error(error_code::missing_input,
                  fmt::format("{}: a .npy file of labels has no id column, expected a table; save ids and labels as "
                              ".csv or .parquet",
                              *options_.labels_file));
    if (options_.weight || options_.group)
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
    into.predictions.clear();
    into.label_shares.clear();
    into.weights.clear();
    into.groups.clear();
    into.keys.clear();
    into.source = current_;
    into.first_row = sources_[current_].rows;
    const std::size_t at_most =
        std::clamp<std::size_t>(batch_bytes / (columns_read_ * sizeof(double)), 1, most_batch_rows);
    // A batch from several reads is worth it only where the reader hands out little at a time.
    while (into.rows < at_most) {
      const std::size_t got = source_.scores->read(at_most - into.rows, into, *keys_);
      if (got == 0) break;
      if (source_.keys) read_keys(got, into);
      into.rows += got;
    }
    if (into.rows == 0) return false;
    if (options_.scores_only) into.labels.assign(into.rows, 0);
    if (options_.id) name_rows(into);
    if (source_.joined) source_.joined->append(sources_[current_].path, into, *keys_);
    for (std::size_t i = 0; i < into.predictions.size(); ++i)
      if (into.predictions[i] == refused_label) into.labels[i] = refused_label;
    if (options_.percent) divide_by_100(into);
    if (positive_) expand_positive(*positive_, kind(), into, keys_->problems());
    sources_[current_].rows += into.rows;
    rows_of_all_ += into.rows;
    bytes_read_.store(bytes_done_ + source_.scores->bytes_read(), std::memory_order_relaxed);
    return true;
  }

  /// Rows that share an id share a key, also across sources.
  void name_rows(batch_buffers& into) {
    std::vector<std::string>& ids = keys_->ids();
    for (const std::string& id : ids) {
      if (id.empty() && !source_.joined)
        throw error(error_code::malformed_input,
                    fmt::format("{}: row {} has no id, expected one in every row of a file that --id names",
                                sources_[current_].path, into.first_row + into.keys.size()));
      into.keys.push_back(row_store::key_of(id));
    }
    if (!source_.joined) ids.clear();
  }

  /// Division rounds correctly, so 50 becomes the number that 0.5 is. Halves are widened: they hold no hundredth well.
  void divide_by_100(batch_buffers& into) const {
    const std::size_t count = into.rows * columns_read_;
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
    if (last && source_.joined) source_.joined->require_all_used();
    if (last && source_.keys) {
      batch_buffers beyond;
      if (source_.keys->read(1, beyond, *keys_) > 0) {
        const auto labels = source_.keys->rows();
        refuse_lengths(labels ? fmt::format("{}", *labels) : fmt::format("more than {}", rows_of_all_));
      }
    }
    if (options_.hash && !options_.table) sources_[current_].sha256 = hash_of(sources_[current_].path);
    bytes_done_ += source_.scores->bytes_read();
    source_.scores.reset();
    ++current_;
  }

  /// Opens source i; the first one decides the classes.
  void open(std::size_t i) {
    const std::string& path = sources_[i].path;
    if (is_array(path))
      open_array(path);
    else
      open_columns(path);
    if (separate_labels() && !source_.keys && !source_.joined) open_label_file();
  }

  void open_array(const std::string& path) {
    auto scores = std::make_unique<npy_scores>(path, options_.positive.has_value());
    const std::size_t columns = scores->columns();
    const std::size_t column = options_.positive ? array_column(path, options_.positive->column, columns) : 0;
    settle_classes(path, {.columns = {}, .names = {}, .count = columns, .keyed = false}, column);
    source_.scores = std::move(scores);
  }

  void open_columns(const std::string& path) {
    const std::unique_ptr<table_file> table = open_source_table(path, options_);
    column_roles roles;
    if (!options_.scores_only) find_key_columns(path, table->columns(), options_, roles, part_of_predictions());
    score_choice scores = choose_scores(path, *table, options_);
    roles.scores = scores.columns;
    settle_classes(path, std::move(scores), 0);
    if (options_.soft_labels && !separate_labels())
      roles.label_shares = select_label_shares(path, table->columns(), options_, classes());
    source_.scores = table->rows(roles, options_.scores || options_.positive || options_.confidence);
  }

  [[nodiscard]] file_part part_of_predictions() const {
    return separate_labels() ? file_part::predictions : file_part::everything;
  }

  /// The first source decides the classes, the others must agree with it. `array_column` is where the positive class
  /// stands in an array.
  void settle_classes(const std::string& path, score_choice scores, std::size_t array_column) {
    if (keys_ && !options_.positive && !options_.confidence) require_same_classes(path, scores);
    columns_read_ = scores.count;
    if (!keys_) resolve(path, scores.names, array_column);
    if (positive_) {
      positive_->columns = columns_read_;
      positive_->column = array_column;
    }
    if (!scores.keyed && class_columns_.empty()) class_columns_ = std::move(scores.names);
  }

  /// The same number of classes, and the same names in the same order. Scores with keys are as many as the classes; a
  /// row with a key that is none of them is refused when it is read.
  void require_same_classes(const std::string& path, score_choice& scores) const {
    if (scores.keyed) scores.count = classes().size();
    if (scores.count != classes().size())
      throw error(error_code::shape_mismatch,
                  fmt::format("{}: has {} columns, but {} has {}, expected shards of one data set", path, scores.count,
                              sources_[0].path, classes().size()));
    if (scores.keyed) return;
    if (!scores.names.empty() && !class_columns_.empty() && scores.names != class_columns_)
      refuse_classes(path, scores.names, class_columns_);
    const class_names resolved = resolve_classes(path, scores.count, scores.names, options_);
    if (resolved != classes()) refuse_classes(path, resolved.names(), classes().names());
  }

  [[noreturn]] void refuse_classes(const std::string& path, const std::vector<std::string>& got,
                                   const std::vector<std::string>& expected) const {
    throw error(error_code::shape_mismatch,
                fmt::format("{}: has other columns than {}: its classes are {}, expected {} in this order; select the "
                            "same score columns in every shard with --scores",
                            path, sources_[0].path, quoted_list(got), quoted_list(expected)));
  }

  void open_label_file() {
    const std::string& path = *options_.labels_file;
    if (format_of(path) == file_format::npy) {
      source_.keys = open_npy_labels(path, truth(), classes().size());
      return;
    }
    const std::unique_ptr<table_file> table = open_table(path, options_);
    column_roles roles;
    find_key_columns(path, table->columns(), options_, roles, file_part::labels);
    if (options_.soft_labels) roles.label_shares = select_label_shares(path, table->columns(), options_, classes());
    source_.keys = table->rows(roles, true);
    if (!options_.id) return;
    source_.joined = std::make_unique<label_join>(path, *source_.keys, truth());
    source_.keys.reset();
  }

  /// Decides the classes: the score columns, or where those name none the names that the files hold. `array_column` is
  /// where the positive class stands in an array.
  void resolve(const std::string& path, const std::vector<std::string>& from_columns, std::size_t array_column) {
    std::optional<two_classes> two;
    if (options_.correct)
      keys_.emplace(class_names::none(), label_note());
    else if (options_.confidence)
      keys_.emplace(classes_of_predictions(path, names_in_files(), options_), label_note());
    else if (options_.positive)
      keys_.emplace((two = classes_of_positive(path, names_in_files(), options_))->classes, label_note());
    else
      keys_.emplace(resolve_classes(path, columns_read_, from_columns, options_), label_note());
    if (!two) return;
    positive_ = {
        .positive = two->positive, .columns = columns_read_, .column = array_column, .name = options_.positive->column};
    const auto positive = static_cast<std::int32_t>(two->positive);
    if (two->zero_and_one) keys_->labels().accept_zero_and_one(1 - positive, positive);
  }

  [[nodiscard]] truth_kind truth() const { return options_.correct ? truth_kind::correctness : truth_kind::labels; }
  [[nodiscard]] std::string label_note() const {
    return separate_labels() ? fmt::format(" in {}", *options_.labels_file) : std::string();
  }

  /// Every label and prediction that stands in the files, in the order of their appearance: a first look at the data,
  /// needed only where neither columns nor options name the classes.
  [[nodiscard]] std::vector<std::string> names_in_files() const {
    if (!options_.classes.empty()) return {};
    row_keys seen;
    const auto look_at = [&](row_reader& rows) {
      for (batch_buffers buffers; rows.read(most_batch_rows, buffers, seen) > 0;) {
        buffers.labels.clear();
        buffers.predictions.clear();
      }
    };
    const auto look_into = [&](const std::string& path, file_part part) {
      const std::unique_ptr<table_file> table =
          part == file_part::labels ? open_table(path, options_) : open_source_table(path, options_);
      column_roles roles;
      find_key_columns(path, table->columns(), options_, roles, part);
      roles.weight = roles.group = roles.id = std::nullopt;
      if (roles.have_keys()) look_at(*table->rows(roles, true));
    };
    for (const source_info& source : sources_)
      if (!is_array(source.path)) look_into(source.path, part_of_predictions());
    if (!separate_labels()) return seen.names_seen();
    if (format_of(*options_.labels_file) == file_format::npy)
      look_at(*open_npy_labels(*options_.labels_file));
    else
      look_into(*options_.labels_file, file_part::labels);
    return seen.names_seen();
  }

  /// Whether scores are logits is never guessed; the first row helps the user to know.
  void require_declared_kind() {
    if (options_.kind) return;
    batch_buffers first;
    double total = 0;
    if (source_.scores->read(1, first, *keys_) == 1) {
      first.rows = 1;
      first.labels.assign(1, refused_label);
      const matrix_view row = view_of(first.batch(score_kind::probabilities, columns_read_).values);
      for (std::size_t k = 0; k < columns_read_; ++k)
        if (!positive_ || k == positive_->column) total += row.at(0, k);
    }
    const bool percent = positive_ ? total > 1 && total <= 100 : total > 99 && total < 101;
    throw error(error_code::undeclared_input,
                fmt::format("{}: say what the scores are, --probabilities ({}) or --logits; {} {:.6g}{}",
                            sources_[0].path, positive_ ? "from 0 to 1" : "rows sum to 1",
                            positive_ ? fmt::format("column \"{}\" starts with", positive_->name)
                                      : fmt::format("the {} scores of the first row sum to", columns_read_),
                            total, percent ? ", as percentages do: --probabilities --scale percent" : ""));
  }

  input_options options_;
  std::vector<source_info> sources_;
  std::optional<row_keys> keys_;
  std::vector<std::string> class_columns_;  ///< class names in the order of columns, of the first source that has them
  std::size_t columns_read_ = 0;            ///< score columns of a source; a positive class or a confidence has one
  std::optional<positive_column> positive_;
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
