#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <calibrant/calibrators/parameter_list.hpp>

namespace calibrant::detail {

/// K lists of different lengths as one parameter and their lengths as another.
struct ragged_lists {
  std::vector<double> lengths;
  std::vector<double> numbers;

  void append(const std::vector<double>& list) {
    lengths.push_back(static_cast<double>(list.size()));
    numbers.insert(numbers.end(), list.begin(), list.end());
  }
};

/// The lists again. Throws error (malformed_input) if lengths and numbers do not belong together.
[[nodiscard]] std::vector<std::vector<double>> lists_of(const std::vector<double>& lengths,
                                                        const std::vector<double>& numbers, const char* name);

}  // namespace calibrant::detail
