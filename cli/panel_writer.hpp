#pragma once

#include <string>
#include <utility>

#include "cli/terminal.hpp"
#include "cli/text_table.hpp"

namespace calibrant::cli {

/// Writes what a terminal shows, from the top down: every text face of the command looks the same.
class panel_writer {
 public:
  static constexpr std::size_t margin = 2;

  explicit panel_writer(const terminal& screen) : screen_(screen) {}

  void headline(const std::string& text, text_style style = text_style::bold);
  void paragraph(const std::string& text);
  /// A remark in small print.
  void note(const std::string& text) { faint(text, margin); }
  void faint(const std::string& text, std::size_t indent);
  void warning(const std::string& text);
  void section(const std::string& title, const std::string& explanation = {});
  void blank() { text_ += '\n'; }
  void table_header(const std::string& text);
  void table_row(const std::string& text) { line(std::string(margin, ' ') + text); }
  void table(const text_table& table);
  /// The table below its own title.
  void titled_table(const text_table& table);

  [[nodiscard]] const terminal& screen() const noexcept { return screen_; }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void line(const std::string& text) { text_ += text + '\n'; }

  terminal screen_;
  std::string text_;
};

}  // namespace calibrant::cli
