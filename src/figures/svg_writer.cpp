#include <calibrant/figures/svg_writer.hpp>

namespace calibrant {
namespace {

struct utf8_character {
  std::size_t bytes = 0;  ///< 0: no character starts here
  unsigned code = 0;
};

/// The character at the front of `text` (RFC 3629: no overlong forms, surrogates or values above U+10FFFF).
utf8_character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {1, first};
  const std::size_t bytes = first >= 0xC2 && first <= 0xDF ? 2
                            : (first & 0xF0) == 0xE0       ? 3
                            : (first & 0xF8) == 0xF0       ? 4
                                                           : 0;
  if (bytes == 0 || text.size() < bytes) return {};
  unsigned code = first & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3F);
  }
  constexpr unsigned smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < smallest[bytes] || (code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF) return {};
  return {bytes, code};
}

/// XML 1.0, production 2; C1 controls and DEL are allowed there, but have no glyph either.
bool allowed(unsigned code) {
  if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
  return !(code >= 0x7F && code <= 0x9F) && code != 0xFFFE && code != 0xFFFF;
}

}  // namespace

std::string xml_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const utf8_character next = first_character(text);
    const std::size_t bytes = next.bytes == 0 ? 1 : next.bytes;
    if (next.bytes == 0 || !allowed(next.code))
      out += "\xEF\xBF\xBD";
    else if (next.code < 0x20)
      out += ' ';
    else if (next.code == '&')
      out += "&amp;";
    else if (next.code == '<')
      out += "&lt;";
    else if (next.code == '>')
      out += "&gt;";
    else if (next.code == '"')
      out += "&quot;";
    else
      out += text.substr(0, bytes);
    text.remove_prefix(bytes);
  }
  return out;
}

svg_path& svg_path::add(char command, double x, double y) {
  text_ += command;
  text_ += coordinate_text(x);
  text_ += ' ';
  text_ += coordinate_text(y);
  return *this;
}

svg_path& svg_path::horizontal_to(double x) {
  text_ += 'H' + coordinate_text(x);
  return *this;
}

svg_path& svg_path::vertical_to(double y) {
  text_ += 'V' + coordinate_text(y);
  return *this;
}

svg_path& svg_path::close() {
  text_ += 'Z';
  return *this;
}

svg_path& svg_path::rectangle(double x, double y, double width, double height) {
  return move_to(x, y).horizontal_to(x + width).vertical_to(y + height).horizontal_to(x).close();
}

svg_path& svg_path::dot(double x, double y) {
  move_to(x, y);
  text_ += "h0";
  return *this;
}

void svg_writer::tag(std::string_view name, attributes given) {
  text_ += '<';
  text_ += name;
  for (const svg_attribute& attribute : given) {
    text_ += ' ';
    text_ += attribute.name;
    text_ += "=\"";
    text_ += attribute.value;
    text_ += '"';
  }
}

svg_writer& svg_writer::open(std::string_view element, attributes given) {
  tag(element, given);
  text_ += ">\n";
  open_.emplace_back(element);
  return *this;
}

svg_writer& svg_writer::close() {
  text_ += "</" + open_.back() + ">\n";
  open_.pop_back();
  return *this;
}

svg_writer& svg_writer::element(std::string_view name, attributes given) {
  tag(name, given);
  text_ += "/>\n";
  return *this;
}

svg_writer& svg_writer::text_element(std::string_view name, attributes given, std::string_view text) {
  tag(name, given);
  text_ += '>';
  text_ += xml_text(text);
  text_ += "</";
  text_ += name;
  text_ += ">\n";
  return *this;
}

svg_writer& svg_writer::path(std::string_view class_name, const svg_path& path) {
  return path.empty() ? *this : element("path", {{"class", class_name}, {"d", path.text()}});
}

svg_writer& svg_writer::text(double x, double y, std::string_view class_name, std::string_view text) {
  return text_element("text", {{"x", x}, {"y", y}, {"class", class_name}}, text);
}

}  // namespace calibrant
