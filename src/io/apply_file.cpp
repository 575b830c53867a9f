#include <calibrant/io/apply_file.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>
#include <calibrant/io/prediction_reader.hpp>

#include "io/detail/calibrated_stream.hpp"
#include "io/detail/nearest_name.hpp"
#include "io/detail/open_table.hpp"
#include "io/detail/score_columns.hpp"
#include "io/detail/score_rewriters.hpp"

namespace calibrant {
namespace {

using io::file_format;

bool is_text(file_format format) { return format == file_format::csv || format == file_format::tsv; }
bool is_arrow(file_format format) { return format == file_format::parquet || format == file_format::arrow; }

constexpr std::size_t most_shown = 6;  // classes in a message

char separator_of(file_format format) { return format == file_format::tsv ? '\t' : ','; }

/// By the end of the name alone: the file need not exist.
file_format output_format(const std::string& to, file_format from) {
  const std::optional<file_format> format = io::format_named(to);
  const bool written =
      format && ((is_text(from) && is_text(*format)) || (from == file_format::npy && *format == file_format::npy) ||
                 (is_arrow(from) && (is_arrow(*format) || *format == file_format::csv)));
  if (written) return *format;
  const char* const expected = is_text(from)              ? ".csv or .tsv"
                               : from == file_format::npy ? ".npy"
                               : is_arrow(from)           ? ".parquet, .arrow or .csv"
                                                          : nullptr;
  throw error(
      error_code::unsupported,
      expected == nullptr
          ? fmt::format("{}: files of this input's kind are not written yet, expected predictions in .csv, .tsv, "
                        ".npy, .parquet or .arrow; convert them first",
                        to)
          : fmt::format("{}: cannot be made of this input, expected a name that ends in {}", to, expected));
}

/// Columns whose names are the classes, all with the same text before and after, in class order; none if a class has no
/// such column.
std::vector<std::string> columns_of_classes(const std::vector<std::string>& columns, const class_names& classes) {
  const auto is_column = [&](const std::string& name) {
    return std::find(columns.begin(), columns.end(), name) != columns.end();
  };
  for (const std::string& column : columns) {
    for (std::size_t at = column.find(classes[0]); at != std::string::npos; at = column.find(classes[0], at + 1)) {
      const std::string before = column.substr(0, at);
      const std::string after = column.substr(at + classes[0].size());
      std::vector<std::string> found;
      for (const std::string& name : classes.names()) {
        found.push_back(before + name + after);
        if (!is_column(found.back()) || found.back().find(',') != std::string::npos) break;
      }
      if (found.size() == classes.size() && is_column(found.back()) &&
          std::none_of(found.begin(), found.end(),
                       [](const std::string& c) { return c.find(',') != std::string::npos; }))
        return found;
    }
  }
  return {};
}

void require_classes(const std::string& path, const class_names& got, const class_names& expected, bool named) {
  if (got.size() != expected.size())
    throw error(error_code::shape_mismatch,
                fmt::format("{}: has scores of {} classes, but the model maps {}: {}; name their columns with --scores",
                            path, got.size(), expected.size(), io::quoted_list(expected.names(), most_shown)));
  if (got == expected || (!named && got == class_names::indexed(got.size()))) return;
  throw error(
      error_code::shape_mismatch,
      fmt::format("{}: has the classes {}, but the model maps {} in this order; name the columns in the model's "
                  "order with --scores, or say with --classes what they are",
                  path, io::quoted_list(got.names(), most_shown), io::quoted_list(expected.names(), most_shown)));
}

}  // namespace

std::uint64_t apply_to_file(const calibration_model& model, const input_options& options, bool renormalize,
                            const std::string& to, thread_pool& pool, const progress_callback& progress) {
  if (options.paths.size() != 1)
    throw error(error_code::invalid_argument,
                fmt::format("predictions: got {} files, expected one; map them one by one", options.paths.size()));
  const std::string& from = options.paths.front();
  if (options.kind && *options.kind != model.kind)
    throw error(error_code::shape_mismatch,
                fmt::format("{}: declared as {}, but the model maps {}; give it what it has learned from", from,
                            name_of(*options.kind), name_of(model.kind)));
  const file_format from_format = io::format_of(from);
  const file_format to_format = output_format(to, from_format);

  input_options input = options;
  input.kind = model.kind;
  input.scores_only = true;
  const bool table = from_format != file_format::npy;
  if (table && !input.scores && !input.positive) {
    const std::vector<std::string> columns = columns_of_classes(io::open_table(from, input)->columns(), model.classes);
    if (!columns.empty()) {
      input.scores = fmt::format("{}", fmt::join(columns, ","));
      input.classes = model.classes.names();
    }
  }
  const std::unique_ptr<batch_source> source = open_predictions(input);
  require_classes(from, source->classes(), model.classes, !input.classes.empty());

  io::score_places places;
  if (table) places.columns = io::choose_scores(from, *io::open_table(from, input), input).columns;
  if (input.positive) places.only_class = static_cast<std::size_t>(model.classes.find(input.positive->name).value());
  io::calibrated_stream rows(model, *source, renormalize, pool, progress);
  if (is_text(from_format))
    io::rewrite_csv(from, separator_of(from_format), to, separator_of(to_format), places, rows);
  else if (is_arrow(from_format))
    io::rewrite_arrow(from, from_format, to, to_format, places, rows);
  else
    io::rewrite_npy(from, to, places, rows);
  return rows.without_mass();
}

}  // namespace calibrant
