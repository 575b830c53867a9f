#pragma once

#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

namespace calibrant::testing {

/// The bytes of a .npy file with this header text (a Python literal), padded as NumPy pads it.
[[nodiscard]] inline std::string npy_bytes(std::string header, const std::string& payload, int version = 1) {
  const std::size_t prefix = version == 1 ? 10 : 12;
  while ((prefix + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string bytes = "\x93NUMPY";
  bytes += static_cast<char>(version);
  bytes += '\0';
  for (std::size_t i = 0; i < prefix - 8; ++i) bytes += static_cast<char>(header.size() >> (8 * i) & 0xff);
  return bytes + header + payload;
}

[[nodiscard]] inline std::string npy_header_text(const std::string& type, const std::string& shape,
                                                 bool fortran_order = false) {
  return "{'descr': '" + type + "', 'fortran_order': " + (fortran_order ? "True" : "False") + ", 'shape': " + shape +
         ", }";
}

/// An array of the type that NumPy calls `type`.
[[nodiscard]] inline std::string npy_array(const std::string& type, const std::string& shape,
                                           const std::string& payload) {
  return npy_bytes(npy_header_text(type, shape), payload);
}

/// The bytes of numbers as they stand in memory.
template <class T>
[[nodiscard]] std::string raw(const std::vector<T>& numbers) {
  static_assert(std::is_trivially_copyable_v<T>);
  std::string bytes(numbers.size() * sizeof(T), '\0');
  if (!numbers.empty()) std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

}  // namespace calibrant::testing
