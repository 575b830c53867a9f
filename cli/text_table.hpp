#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace calibrant::cli {

enum class alignment { left, right };

struct table_column {
  std::string header;
  alignment side = alignment::right;
  int drop = 0;  ///< where width is short, columns with the highest number go first; 0 stays
};

/// A table of finished text, which every text face shows. Each row has one cell per column.
struct text_table {
  std::string title;
  std::vector<table_column> columns;
  std::vector<std::vector<std::string>> rows;
};

/// Header and rows as aligned lines of at most `width` columns, two spaces between cells: columns are dropped by
/// `drop`, then the first one is shortened.
[[nodiscard]] std::vector<std::string> aligned_lines(text_table table, std::size_t width);

/// GitHub-flavoured Markdown, with a line break at the end.
[[nodiscard]] std::string markdown(const text_table& table);

/// Text as literal Markdown, fit for a table cell.
[[nodiscard]] std::string markdown_escaped(const std::string& text);

}  // namespace calibrant::cli
