#include "io/detail/column_roles.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include <calibrant/core/error.hpp>
#include <calibrant/core/text_list.hpp>

#include "io/detail/nearest_name.hpp"
#include "io/detail/number_text.hpp"

namespace calibrant::io {
namespace {

/// What a header without the expected columns tells of the file; empty if nothing.
std::string oddity(const std::vector<std::string>& columns) {
  if (columns.size() == 1)
    for (const auto& [separator, name] : {std::pair(';', "semicolons"), {'\t', "tabs"}, {'|', "bars"}, {',', "commas"}})
      if (columns[0].find(separator) != std::string::npos)
        return fmt::format(
            "the header \"{}\" looks separated by {}, expected commas in a .csv file and tabs in a .tsv file, and "
            "points "
            "in numbers; save the table so",
            columns[0].substr(0, 60), name);
  for (const std::string& column : columns)
    if (parse_number(column) && column.find_first_of(".eE") != std::string::npos)
      return fmt::format("the first line holds numbers such as {}, expected the names of the columns; add such a line",
                         column.substr(0, 60));
  return "";
}

score_selection match_pattern(const std::string& path, const std::vector<std::string>& columns,
                              const input_options& options) {
  const std::string_view pattern = *options.scores;
  const std::size_t star = pattern.find('*');
  if (pattern.find('*', star + 1) != std::string_view::npos)
    throw error(error_code::invalid_argument,
                fmt::format("scores: got the pattern \"{}\", expected exactly one '*'", pattern));
  const std::string_view before = pattern.substr(0, star);
  const std::string_view after = pattern.substr(star + 1);
  score_selection selection;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string& column = columns[i];
    if (column.size() <= before.size() + after.size() || !column.starts_with(before) || !column.ends_with(after) ||
        has_other_role(column, options))
      continue;
    selection.columns.push_back(i);
    selection.names.push_back(column.substr(before.size(), column.size() - before.size() - after.size()));
  }
  if (selection.columns.empty()) {
    const std::string odd = oddity(columns);
    throw error(
        error_code::missing_input,
        fmt::format(
            "{}: no column matches the pattern \"{}\" of the scores; {}", path, pattern,
            odd.empty() ? fmt::format("columns: {}; give another pattern with --scores", list_of(columns)) : odd));
  }
  return selection;
}

}  // namespace

bool has_other_role(const std::string& column, const input_options& options) {
  return column == options.label || column == options.weight || column == options.group;
}

void require_distinct_columns(const std::string& path, const std::vector<std::string>& columns) {
  std::unordered_map<std::string_view, std::size_t> first;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto [known, inserted] = first.emplace(columns[i], i);
    if (inserted) continue;
    const std::string odd = oddity(columns);
    throw error(error_code::malformed_input,
                fmt::format("{}: columns {} and {} are both named \"{}\", expected each name once; {}", path,
                            known->second + 1, i + 1, columns[i], odd.empty() ? "rename one" : odd));
  }
}

std::size_t find_column(const std::string& path, const std::vector<std::string>& columns, const std::string& name,
                        const char* role) {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found == columns.end()) {
    const std::string odd = oddity(columns);
    throw error(error_code::missing_input,
                fmt::format("{}: there is no {} column \"{}\"; {}", path, role, name,
                            odd.empty() ? fmt::format("{}; name it with --{}{}", suggest(name, columns), role,
                                                      std::string_view(role) == "score" ? "s" : "")
                                        : odd));
  }
  return static_cast<std::size_t>(found - columns.begin());
}

void find_key_columns(const std::string& path, const std::vector<std::string>& columns, const input_options& options,
                      column_roles& roles) {
  roles.label = find_column(path, columns, options.label, "label");
  if (options.weight) roles.weight = find_column(path, columns, *options.weight, "weight");
  if (options.group) roles.group = find_column(path, columns, *options.group, "group");
}

score_selection select_scores(const std::string& path, const std::vector<std::string>& columns,
                              const input_options& options) {
  if (options.scores && options.scores->find('*') != std::string::npos) return match_pattern(path, columns, options);
  score_selection selection;
  if (options.scores) {
    for (std::string& name : split_list(*options.scores)) {
      const std::size_t column = find_column(path, columns, name, "score");
      if (has_other_role(name, options))
        throw error(error_code::invalid_argument,
                    fmt::format("{}: column \"{}\" is listed as a score and is also the label, weight or group column; "
                                "expected one role for each column",
                                path, name));
      selection.columns.push_back(column);
      selection.names.push_back(std::move(name));
    }
    return selection;
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (has_other_role(columns[i], options)) continue;
    if (columns[i].empty())
      throw error(error_code::invalid_classes,
                  fmt::format("{}: column {} has no name, expected a class name; it may be a row index saved with the "
                              "table: select the score columns with --scores 'p_*' or --scores a,b,c",
                              path, i + 1));
    selection.columns.push_back(i);
    selection.names.push_back(columns[i]);
  }
  return selection;
}

class_names resolve_classes(const std::string& path, std::size_t count, const std::vector<std::string>& from_columns,
                            const input_options& options) {
  if (count < 2)
    throw error(
        error_code::invalid_classes,
        fmt::format("{}: found {} score column{}, expected one per class, at least 2; also the second class of "
                    "two needs its column",
                    path, count == 0 ? "no" : "1", from_columns.size() == 1 ? " \"" + from_columns[0] + "\"" : ""));
  if (!options.classes.empty() && options.classes.size() != count)
    throw error(error_code::shape_mismatch,
                fmt::format("{}: {} score columns and {} class names, expected as many; give one name per column, in "
                            "column order",
                            path, count, options.classes.size()));
  try {
    if (!options.classes.empty()) return class_names(options.classes);
    if (!from_columns.empty()) return class_names(from_columns);
    return class_names::indexed(count);
  } catch (const error& problem) {
    throw error(problem.code(), fmt::format("{}: {}", path, problem.what()));
  }
}

}  // namespace calibrant::io
