#pragma once

#include <bit>
#include <cstring>

namespace calibrant::io {

static_assert(std::endian::native == std::endian::little, "numbers of files are copied as they are");

/// The little-endian number at `bytes`, which need not be aligned.
template <class Number>
[[nodiscard]] Number number_from(const char* bytes) noexcept {
  Number number;
  std::memcpy(&number, bytes, sizeof(number));
  return number;
}

}  // namespace calibrant::io
