#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace calibrant::io {

/// Fields of one protobuf message, in the order in which they are added
/// (https://protobuf.dev/programming-guides/encoding).
class protobuf_message {
 public:
  void integer(std::uint32_t field, std::int64_t value) {
    key(field, 0);
    varint(static_cast<std::uint64_t>(value));
  }
  void text(std::uint32_t field, std::string_view bytes) {
    key(field, 2);
    varint(bytes.size());
    bytes_ += bytes;
  }
  void message(std::uint32_t field, const protobuf_message& inner) { text(field, inner.bytes_); }

  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

 private:
  void key(std::uint32_t field, std::uint32_t wire_type) { varint((std::uint64_t{field} << 3) | wire_type); }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(0x80 | (value & 0x7f));
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

}  // namespace calibrant::io
