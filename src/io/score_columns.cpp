#include "io/detail/score_columns.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>

#include "io/detail/nearest_name.hpp"

namespace calibrant::io {
namespace {

score_choice choice_of(std::size_t column, score_array array, const input_options& options) {
  const std::size_t count = array.keyed && !options.classes.empty() ? options.classes.size() : array.width;
  return {.columns = {column}, .names = std::move(array.names), .count = count, .keyed = array.keyed};
}

/// The only column of arrays that nothing else uses; nothing if there is none.
std::optional<score_choice> only_array(const std::string& path, table_file& table, const input_options& options) {
  const std::vector<std::string>& columns = table.columns();
  const std::vector<bool> claimed = claimed_columns(columns, options);
  std::optional<score_choice> found;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (claimed[i]) continue;
    std::optional<score_array> array = table.array_at(i);
    if (!array || !array->may_be_scores) continue;
    names.push_back(columns[i]);
    found = choice_of(i, *std::move(array), options);
  }
  if (names.size() > 1)
    throw error(error_code::missing_input,
                fmt::format("{}: {} may all be the scores, expected one of them; name it with --scores", path,
                            quoted_list(names)));
  return found;
}

}  // namespace

score_choice choose_scores(const std::string& path, table_file& table, const input_options& options) {
  const std::vector<std::string>& columns = table.columns();
  if (options.scores) {
    const auto named = std::find(columns.begin(), columns.end(), *options.scores);
    const auto column = static_cast<std::size_t>(named - columns.begin());
    if (named != columns.end() && !claimed_columns({*named}, options)[0])
      if (std::optional<score_array> array = table.array_at(column))
        return choice_of(column, *std::move(array), options);
  } else if (!options.positive && !options.confidence) {
    if (std::optional<score_choice> array = only_array(path, table, options)) return *std::move(array);
  }
  score_selection selection = select_scores(path, columns, options);
  if (options.positive || options.confidence) {
    const std::optional<score_array> array = table.array_at(selection.columns[0]);
    if (array && (array->keyed || array->width != 1))
      throw error(error_code::shape_mismatch,
                  fmt::format("{}: column \"{}\" holds {} numbers in a row, expected one; name a column of single "
                              "numbers, or give the scores of all classes with --scores",
                              path, columns[selection.columns[0]], array->width));
  }
  const std::size_t count = selection.columns.size();
  return {.columns = std::move(selection.columns), .names = std::move(selection.names), .count = count, .keyed = false};
}

}  // namespace calibrant::io
