#include <calibrant/io/json_writer.hpp>

#include <charconv>
#include <cmath>

#include <calibrant/core/error.hpp>

namespace calibrant {
namespace {

/// Length of the UTF-8 sequence at the front of `text`, 0 if there is none (RFC 3629: no overlong forms, surrogates or
/// values above U+10FFFF).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                             : (first & 0xF0) == 0xE0         ? 3
                             : first >= 0xF0 && first <= 0xF4 ? 4
                                                              : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  const unsigned second = byte(1);
  const bool bad = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                   (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
  return bad ? 0 : length;
}

}  // namespace

std::string json_string(std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out = "\"";
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text.front());
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += text.front();
    } else if (c == '\n') {
      out += "\\n";
    } else if (c < 0x20) {
      out += "\\u00";
      out += digits[c >> 4];
      out += digits[c & 15];
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out + '"';
}

void json_writer::break_line() {
  text_ += '\n';
  text_.append(2 * levels_.size(), ' ');
}

/// Puts what stands between the last value and the next one.
void json_writer::separate(bool container) {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (levels_.empty()) return;
  level& here = levels_.back();
  if (!here.empty) text_ += ',';
  if (container) here.one_line = false;
  if (here.object || !here.one_line)
    break_line();
  else if (!here.empty)
    text_ += ' ';
  here.empty = false;
}

json_writer& json_writer::begin_object() {
  separate(true);
  text_ += '{';
  levels_.push_back({.object = true, .one_line = false});
  return *this;
}

json_writer& json_writer::begin_array() {
  separate(true);
  text_ += '[';
  levels_.push_back({});
  return *this;
}

void json_writer::close(char bracket) {
  const level closed = levels_.back();
  levels_.pop_back();
  if (!closed.empty && !closed.one_line) break_line();
  text_ += bracket;
}

json_writer& json_writer::end_object() {
  close('}');
  return *this;
}

json_writer& json_writer::end_array() {
  close(']');
  return *this;
}

json_writer& json_writer::key(std::string_view name) {
  separate(false);
  text_ += json_string(name);
  text_ += ": ";
  after_key_ = true;
  return *this;
}

json_writer& json_writer::value(double x) {
  if (!std::isfinite(x))
    throw error(error_code::internal,
                "JSON: got a number that is not finite, expected null in its place; please report this");
  separate(false);
  char digits[32];
  text_.append(digits, std::to_chars(digits, digits + sizeof digits, x).ptr);
  return *this;
}

json_writer& json_writer::unsigned_value(std::uint64_t x) {
  separate(false);
  text_ += std::to_string(x);
  return *this;
}

json_writer& json_writer::value(bool truth) {
  separate(false);
  text_ += truth ? "true" : "false";
  return *this;
}

json_writer& json_writer::value(std::string_view text) {
  separate(false);
  text_ += json_string(text);
  return *this;
}

json_writer& json_writer::null() {
  separate(false);
  text_ += "null";
  return *this;
}

}  // namespace calibrant
