#include "report/detail/html_writer.hpp"

namespace calibrant::detail {

void html_writer::tag(std::string_view name, attributes given) {
  html_ += '<';
  html_ += name;
  for (const html_attribute& attribute : given) {
    html_ += ' ';
    html_ += attribute.name;
    html_ += "=\"" + attribute.value + '"';
  }
  html_ += '>';
}

html_writer& html_writer::open(std::string_view element, attributes given) {
  tag(element, given);
  open_.emplace_back(element);
  return *this;
}

html_writer& html_writer::close() {
  html_ += "</" + open_.back() + ">\n";
  open_.pop_back();
  return *this;
}

html_writer& html_writer::element(std::string_view name, attributes given, std::string_view text) {
  tag(name, given);
  html_ += xml_text(text) + "</";
  html_ += name;
  html_ += ">\n";
  return *this;
}

html_writer& html_writer::text(std::string_view text) {
  html_ += xml_text(text);
  return *this;
}

html_writer& html_writer::raw(std::string_view markup) {
  html_ += markup;
  return *this;
}

}  // namespace calibrant::detail
