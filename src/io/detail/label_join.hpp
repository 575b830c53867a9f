#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include <calibrant/evaluation/prediction_batch.hpp>

#include "io/detail/row_keys.hpp"
#include "io/detail/row_reader.hpp"

namespace calibrant::io {

/// The rows of a file of labels, found by their ids. Ids compare as text ("7" = 7). Memory: O(rows of that file).
class label_join {
 public:
  /// Reads the whole file at `path` through `rows`, which deliver an id and a truth. Throws error (malformed_input) on
  /// an id that is absent or stands there twice.
  label_join(std::string path, row_reader& rows, truth_kind truth);

  /// Appends label, weight and group of the rows with the ids of `keys`, which are cleared; `path` names the file of
  /// the predictions. Throws error (malformed_input) on an id that is absent or came before, (missing_input) on one
  /// that the file of labels does not hold.
  void append(const std::string& path, batch_buffers& into, row_keys& keys);
  /// Throws error (missing_input) if labels are left over.
  void require_all_used() const;

 private:
  [[nodiscard]] std::int32_t label_of(std::size_t row, const row_place& place, row_keys& keys) const;

  std::string path_;
  truth_kind truth_;
  row_keys seen_;      ///< the names that the labels and groups of `all_` number
  batch_buffers all_;  ///< no scores
  std::vector<std::string> ids_;
  std::unordered_map<std::string, std::size_t> row_of_;
  std::vector<bool> used_;
};

}  // namespace calibrant::io
