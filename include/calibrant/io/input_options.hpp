#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <calibrant/evaluation/prediction_batch.hpp>

namespace calibrant {

/// What to read and how to read it, the same for every command.
struct input_options {
  std::vector<std::string> paths;     ///< shards of one data set, in order
  std::optional<std::string> scores;  ///< pattern with one '*', or a comma-separated list of columns; absent: every
                                      ///< column without another role
  std::string label = "label";        ///< label column of a table
  std::optional<std::string> labels_file;  ///< labels in a file of their own, in the same row order
  std::optional<std::string> weight;       ///< weight column
  std::optional<std::string> group;        ///< group column
  std::vector<std::string> classes;  ///< class names in column order; empty: from the pattern or columns, or 0..K-1
  std::optional<score_kind> kind;    ///< never guessed
  bool percent = false;              ///< probabilities are given from 0 to 100
  bool hash = false;                 ///< SHA-256 of every source
};

}  // namespace calibrant
