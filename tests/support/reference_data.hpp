#pragma once

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/dataset.hpp"

namespace calibrant::testing {

inline const std::string tests_directory = CALIBRANT_TESTS_DIRECTORY;

/// Lines of a CSV file without quotes, each cut at its commas.
[[nodiscard]] inline std::vector<std::vector<std::string>> read_table(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<std::vector<std::string>> lines;
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> fields(1);
    for (const char c : line) {
      if (c == ',')
        fields.emplace_back();
      else
        fields.back() += c;
    }
    lines.push_back(std::move(fields));
  }
  return lines;
}

/// The numbers behind the header of a .npy file of the one type T.
template <class T>
[[nodiscard]] std::vector<T> read_npy(const std::string& path, const std::string& type) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  if (bytes.size() < 10 || bytes.substr(1, 5) != "NUMPY" || bytes[6] != 1)
    throw std::runtime_error("no .npy file of version 1: " + path);
  const std::size_t start = 10 + static_cast<unsigned char>(bytes[8]) + 256U * static_cast<unsigned char>(bytes[9]);
  const std::string header = bytes.substr(10, start - 10);
  if (header.find("'" + type + "'") == std::string::npos || header.find("'fortran_order': False") == std::string::npos)
    throw std::runtime_error("not " + type + " in C order: " + path);
  std::vector<T> values((bytes.size() - start) / sizeof(T));
  std::memcpy(values.data(), bytes.data() + start, values.size() * sizeof(T));
  return values;
}

/// The golden set: 5,000 rows of 4 classes, over-confident (tools/reference/golden_data.py).
[[nodiscard]] inline dataset golden_dataset() {
  return {.name = "golden",
          .classes = 4,
          .scores = read_npy<double>(tests_directory + "/data/golden_probabilities.npy", "<f8"),
          .labels = read_npy<std::int32_t>(tests_directory + "/data/golden_labels.npy", "<i4")};
}

/// A file of tests/reference/datasets: label, weight if there is such a column, scores.
[[nodiscard]] inline dataset reference_dataset(const std::string& file) {
  if (file == "golden") return golden_dataset();
  const auto lines = read_table(tests_directory + "/reference/datasets/" + file + ".csv");
  const bool weighted = lines.at(0).at(1) == "weight";
  dataset data{.name = file, .classes = lines[0].size() - (weighted ? 2 : 1)};
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto number = [&](std::size_t column) { return std::strtod(lines[i].at(column).c_str(), nullptr); };
    if (weighted) data.weights.push_back(number(1));
    std::vector<double> row(data.classes);
    for (std::size_t k = 0; k < data.classes; ++k) row[k] = number(k + (weighted ? 2 : 1));
    data.push(row, std::stoi(lines[i].at(0)));
  }
  return data;
}

}  // namespace calibrant::testing
