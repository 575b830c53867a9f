#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <calibrant/figures/number_text.hpp>

namespace calibrant {

/// Text as XML 1.0 holds it, for content and attributes alike: markup escaped, bytes that are no UTF-8 and characters
/// that XML forbids as U+FFFD.
[[nodiscard]] std::string xml_text(std::string_view text);

/// One attribute: a text, which is escaped, or a place on the paper. Numbers of the data go through exact_text.
struct svg_attribute {
  std::string_view name;
  std::string value;  ///< as it stands in the file

  svg_attribute(std::string_view attribute, double place) : name(attribute), value(coordinate_text(place)) {}
  svg_attribute(std::string_view attribute, std::string_view text) : name(attribute), value(xml_text(text)) {}
  svg_attribute(std::string_view attribute, const std::string& text)
      : svg_attribute(attribute, std::string_view(text)) {}
  svg_attribute(std::string_view attribute, const char* text) : svg_attribute(attribute, std::string_view(text)) {}
};

/// The data of a path.
class svg_path {
 public:
  svg_path& move_to(double x, double y) { return add('M', x, y); }
  svg_path& line_to(double x, double y) { return add('L', x, y); }
  svg_path& horizontal_to(double x);
  svg_path& vertical_to(double y);
  svg_path& close();
  /// A rectangle of its own.
  svg_path& rectangle(double x, double y, double width, double height);
  /// A dot as wide as the stroke, whose ends must be round.
  svg_path& dot(double x, double y);

  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  svg_path& add(char command, double x, double y);
  std::string text_;
};

/// Writes elements one after another into memory, a line each; what was opened is closed in turn.
class svg_writer {
 public:
  using attributes = std::initializer_list<svg_attribute>;

  svg_writer& open(std::string_view element, attributes given = {});
  svg_writer& close();
  /// An element without content.
  svg_writer& element(std::string_view name, attributes given);
  /// An element that holds text alone. In `text` line breaks are spaces.
  svg_writer& text_element(std::string_view name, attributes given, std::string_view text);
  svg_writer& path(std::string_view class_name, const svg_path& path);
  svg_writer& text(double x, double y, std::string_view class_name, std::string_view text);

  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  void tag(std::string_view name, attributes given);

  std::string text_;
  std::vector<std::string> open_;
};

}  // namespace calibrant
