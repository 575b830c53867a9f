#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace calibrant::bench {

/// An array that the benchmark driver wrote with numpy.save: little-endian, C order, header version 1.
template <class T>
struct npy_array {
  std::vector<T> values;  ///< row-major
  std::size_t rows = 0;
  std::size_t columns = 1;  ///< 1 for a one-dimensional array
};

/// Reads the whole file. Throws std::runtime_error if the element type is not `descr` (numpy's name, e.g. "<f4").
template <class T>
npy_array<T> load_npy(const std::string& path, const std::string& descr) {
  std::ifstream file(path, std::ios::binary);
  char prefix[10] = {};
  if (!file.read(prefix, sizeof prefix) || std::memcmp(prefix, "\x93NUMPY\x01", 7) != 0)
    throw std::runtime_error(path + ": expected a version 1 .npy file");
  const std::size_t length = static_cast<unsigned char>(prefix[8]) + 256U * static_cast<unsigned char>(prefix[9]);
  std::string header(length, '\0');
  file.read(header.data(), static_cast<std::streamsize>(length));
  if (header.find("'" + descr + "'") == std::string::npos || header.find("'fortran_order': False") == std::string::npos)
    throw std::runtime_error(path + ": expected " + descr + " in C order, got " + header);
  npy_array<T> array;
  const std::string shape = header.substr(header.find("'shape': (") + 10);
  std::size_t end = 0;
  array.rows = std::stoul(shape, &end);
  const std::string rest = shape.substr(end + 1);
  if (rest[0] == ' ') array.columns = std::stoul(rest);
  array.values.resize(array.rows * array.columns);
  const auto bytes = static_cast<std::streamsize>(array.values.size() * sizeof(T));
  if (!file.read(reinterpret_cast<char*>(array.values.data()), bytes)) throw std::runtime_error(path + ": truncated");
  return array;
}

/// Class indices from an int64 file.
inline std::vector<std::int32_t> load_labels(const std::string& path) {
  const npy_array<std::int64_t> wide = load_npy<std::int64_t>(path, "<i8");
  std::vector<std::int32_t> labels(wide.values.size());
  std::transform(wide.values.begin(), wide.values.end(), labels.begin(),
                 [](std::int64_t y) { return static_cast<std::int32_t>(y); });
  return labels;
}

}  // namespace calibrant::bench
