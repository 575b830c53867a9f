#include "cli/text_table.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "cli/terminal.hpp"

namespace calibrant::cli {
namespace {

constexpr std::size_t gap = 2;

std::vector<std::size_t> widths_of(const text_table& table) {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::size_t width = display_width(table.columns[c].header);
    for (const auto& row : table.rows) width = std::max(width, display_width(row[c]));
    widths.push_back(width);
  }
  return widths;
}

std::size_t total_of(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
}

/// Removes the column with the highest `drop`; false if every column has to stay.
bool drop_one(text_table& table) {
  const auto position = std::max_element(table.columns.begin(), table.columns.end(),
                                         [](const table_column& a, const table_column& b) { return a.drop < b.drop; });
  if (position->drop == 0) return false;
  const std::ptrdiff_t index = position - table.columns.begin();
  table.columns.erase(position);
  for (auto& row : table.rows) row.erase(row.begin() + index);
  return true;
}

std::string line_of(const std::vector<std::string>& cells, const text_table& table,
                    const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    if (c > 0) line.append(gap, ' ');
    const std::string cell = shortened(cells[c], widths[c]);
    const std::string padding(widths[c] - display_width(cell), ' ');
    if (table.columns[c].side == alignment::right)
      line += padding + cell;
    else
      line += c + 1 < cells.size() ? cell + padding : cell;
  }
  return line;
}

}  // namespace

std::vector<std::string> aligned_lines(text_table table, std::size_t width) {
  while (total_of(widths_of(table)) > width && drop_one(table)) {
  }
  std::vector<std::size_t> widths = widths_of(table);
  if (const std::size_t total = total_of(widths); total > width) {
    constexpr std::size_t readable = 8;
    widths[0] -= std::min(total - width, widths[0] - std::min(widths[0], readable));
  }

  std::vector<std::string> headers;
  for (const table_column& column : table.columns) headers.push_back(column.header);
  std::vector<std::string> lines = {line_of(headers, table, widths)};
  for (const auto& row : table.rows) lines.push_back(line_of(row, table, widths));
  return lines;
}

std::string markdown(const text_table& table) {
  std::string text = "|";
  for (const table_column& column : table.columns) text += ' ' + markdown_escaped(column.header) + " |";
  text += "\n|";
  for (const table_column& column : table.columns) text += column.side == alignment::left ? " :-- |" : " --: |";
  text += '\n';
  for (const auto& row : table.rows) {
    text += '|';
    for (const std::string& cell : row) text += ' ' + markdown_escaped(cell) + " |";
    text += '\n';
  }
  return text;
}

std::string markdown_escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '\\':
      case '|':
      case '*':
      case '_':
      case '`':
      case '[':
      case ']':
      case '#':
      case '~':
        result += '\\';
        [[fallthrough]];
      default:
        result += c;
    }
  }
  return result;
}

}  // namespace calibrant::cli
