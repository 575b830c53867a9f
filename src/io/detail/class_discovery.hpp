#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <calibrant/core/class_names.hpp>
#include <calibrant/io/input_options.hpp>

namespace calibrant::io {

/// The classes of rows that have no score column per class: `options.classes`, or else every name that stands among the
/// predictions and labels, by value if all are whole numbers and as text otherwise, so that the order of rows and files
/// decides nothing. Throws error (invalid_classes) if these are fewer than two.
[[nodiscard]] class_names classes_of_predictions(const std::string& path, std::vector<std::string> seen,
                                                 const input_options& options);

/// The two classes of rows that have one score column.
struct two_classes {
  class_names classes;
  std::size_t positive = 1;   ///< the one whose score the column holds
  bool zero_and_one = false;  ///< labels are 0 and 1, which are not the names
};

/// The class of `options.positive` and the other one: in the order of `options.classes`, or else the other label that
/// was seen comes first. Labels that are 0 and 1 mean that class by 1. Throws error (invalid_classes) if the names are
/// not two or the positive one is not among them.
[[nodiscard]] two_classes classes_of_positive(const std::string& path, const std::vector<std::string>& seen,
                                              const input_options& options);

}  // namespace calibrant::io
