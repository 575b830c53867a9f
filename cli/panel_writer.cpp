#include "cli/panel_writer.hpp"

#include <vector>

namespace calibrant::cli {

void panel_writer::headline(const std::string& text, text_style style) {
  line(styled(std::string(margin, ' ') + wrapped(text, margin, screen_.width), style, screen_));
}

void panel_writer::paragraph(const std::string& text) {
  line(std::string(margin, ' ') + wrapped(text, margin, screen_.width));
}

void panel_writer::faint(const std::string& text, std::size_t indent) {
  line(std::string(indent, ' ') + styled(wrapped(text, indent, screen_.width), text_style::faint, screen_));
}

void panel_writer::warning(const std::string& text) {
  line(std::string(margin, ' ') + styled("!", text_style::yellow, screen_) + ' ' +
       wrapped(text, margin + 2, screen_.width));
}

void panel_writer::section(const std::string& title, const std::string& explanation) {
  blank();
  line(styled(title, text_style::bold, screen_));
  if (!explanation.empty()) note(explanation);
}

void panel_writer::table_header(const std::string& text) {
  line(std::string(margin, ' ') + styled(text, text_style::faint, screen_));
}

void panel_writer::table(const text_table& table) {
  const std::vector<std::string> lines = aligned_lines(table, screen_.width - margin);
  table_header(lines.front());
  for (std::size_t i = 1; i < lines.size(); ++i) table_row(lines[i]);
}

void panel_writer::titled_table(const text_table& table) {
  section(shortened(table.title, screen_.width));
  this->table(table);
}

}  // namespace calibrant::cli
