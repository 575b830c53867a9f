#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace calibrant {

/// Writes one JSON document into memory: two-space indent, arrays of numbers on one line, doubles in the shortest form
/// that reads back as the same number. NaN and infinity have no JSON form: they throw error (internal); write null
/// instead.
class json_writer {
 public:
  json_writer& begin_object();
  json_writer& end_object();
  json_writer& begin_array();
  json_writer& end_array();
  /// Inside an object, before each value.
  json_writer& key(std::string_view name);
  json_writer& value(double x);
  json_writer& value(bool truth);
  json_writer& value(std::string_view text);
  json_writer& value(const std::string& text) { return value(std::string_view(text)); }
  json_writer& value(const char* text) { return value(std::string_view(text)); }
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  json_writer& value(T x) {
    return unsigned_value(x);
  }
  json_writer& null();

  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  json_writer& unsigned_value(std::uint64_t x);
  void separate(bool container);
  void close(char bracket);
  void break_line();

  struct level {
    bool empty = true;
    bool object = false;
    bool one_line = true;  ///< an array that has held no container so far
  };
  std::string text_;
  std::vector<level> levels_;
  bool after_key_ = false;
};

/// The text as a JSON string with its quotes; bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace calibrant
