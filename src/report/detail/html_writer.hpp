#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <calibrant/figures/svg_writer.hpp>

namespace calibrant::detail {

/// One attribute of an element, escaped as in SVG.
using html_attribute = svg_attribute;

/// Writes HTML into memory. Text and attributes are escaped; `raw` takes markup that is finished.
class html_writer {
 public:
  using attributes = std::initializer_list<html_attribute>;

  html_writer& open(std::string_view element, attributes given = {});
  html_writer& close();
  /// An element with text alone.
  html_writer& element(std::string_view name, attributes given, std::string_view text);
  html_writer& element(std::string_view name, std::string_view text) { return element(name, {}, text); }
  html_writer& text(std::string_view text);
  html_writer& raw(std::string_view markup);

  [[nodiscard]] const std::string& html() const noexcept { return html_; }

 private:
  void tag(std::string_view name, attributes given);

  std::string html_;
  std::vector<std::string> open_;
};

}  // namespace calibrant::detail
