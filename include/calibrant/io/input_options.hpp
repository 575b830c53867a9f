#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <calibrant/evaluation/prediction_batch.hpp>
#include <calibrant/io/arrow_table.hpp>

namespace calibrant {

/// One column of scores that stands for both of two classes: p, or with logits the log-odds ln(p / (1 - p)).
struct positive_class {
  std::string name;    ///< the class whose probability the column holds
  std::string column;  ///< its column in a table; in an array its number, counted from 0
};

/// What to read and how to read it, the same for every command. A row has the scores of all classes (`scores`), of one
/// of two (`positive`), or only the `confidence` of its `prediction` or whether that was `correct`.
struct input_options {
  std::vector<std::string> paths;            ///< shards of one data set, in order
  std::shared_ptr<const arrow_table> table;  ///< the rows, instead of a file; the one path is its name for messages
  std::optional<std::string> scores;  ///< pattern with one '*', a comma-separated list of columns, or the one column
                                      ///< that holds all scores of a row; absent: the only such column, else every
                                      ///< column without another role
  std::optional<positive_class> positive;  ///< instead of `scores`: rows of two classes, [1 - p, p]
  std::optional<std::string> confidence;   ///< instead of `scores`: the probability of the predicted class alone
  std::optional<std::string> prediction;   ///< column of the predicted class, beside `confidence`
  std::optional<std::string> correct;  ///< instead of labels and predictions: whether the prediction is right, 0 or 1
  std::string label = "label";         ///< label column of a table
  std::optional<std::string> soft_labels;  ///< instead of `label`: columns with the probability that a class is the
                                           ///< true one, by a pattern whose '*' is the class, or listed in class order
  std::optional<std::string> labels_file;  ///< labels in a file of their own, in the same row order or joined by `id`
  std::optional<std::string> id;           ///< column that names the rows: it joins those of `labels_file`, and
                                           ///< rows with the same id are drawn together in replicates
  std::optional<std::string> weight;       ///< weight column
  std::optional<std::string> group;        ///< group column
  std::vector<std::string> classes;  ///< class names in column order; empty: from the pattern or columns, or 0..K-1
  std::optional<score_kind> kind;    ///< never guessed
  bool percent = false;              ///< probabilities are given from 0 to 100
  bool hash = false;                 ///< SHA-256 of every source
  bool scores_only = false;          ///< nothing but scores is read: every label is 0
};

}  // namespace calibrant
