#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <calibrant/core/class_names.hpp>
#include <calibrant/core/weights.hpp>
#include <calibrant/evaluation/prediction_batch.hpp>
#include <calibrant/evaluation/row_problems.hpp>

#include "io/detail/group_dictionary.hpp"
#include "io/detail/label_mapper.hpp"

namespace calibrant::io {

/// What a column of truth holds: names of classes, or whether the prediction is right.
enum class truth_kind { labels, correctness };

/// What turns the labels, predictions, weights, groups and ids of rows into the numbers of a batch, and remembers what
/// it refused. One for all sources of a data set.
class row_keys {
 public:
  /// `label_note` names the file of the labels where it is not the source itself, e.g. " in labels.npy".
  row_keys(class_names classes, std::string label_note);
  /// Of a first look at the data, which learns what there is: labels and predictions are numbered as they appear
  /// (`names_seen`), weights are taken as they are, nothing is refused.
  row_keys();
  row_keys(const row_keys&) = delete;
  row_keys& operator=(const row_keys&) = delete;

  [[nodiscard]] label_mapper& labels() noexcept { return labels_; }
  [[nodiscard]] label_mapper& predictions() noexcept { return predictions_; }
  [[nodiscard]] group_dictionary& groups() noexcept { return groups_; }
  [[nodiscard]] const class_names& classes() const noexcept { return classes_; }
  [[nodiscard]] const group_dictionary& groups() const noexcept { return groups_; }
  [[nodiscard]] const row_problems& problems() const noexcept { return problems_; }
  [[nodiscard]] row_problems& problems() noexcept { return problems_; }
  [[nodiscard]] const std::vector<std::string>& names_seen() const noexcept { return seen_.names(); }

  /// The weight to put into the batch for a row whose label is `label`; a bad weight refuses the row (weight 0). A row
  /// that is refused already is not counted twice.
  [[nodiscard]] double weight(double value, std::int32_t& label, const row_place& place) {
    return is_usable_weight(value) || looking_ ? value : refuse_weight(value, label, place);
  }

  /// The label of a row without classes: 0 if its prediction is right, 1 if it is wrong.
  [[nodiscard]] std::int32_t correctness(std::int64_t value, const row_place& place) {
    return (value == 0 || value == 1) && !looking_ ? static_cast<std::int32_t>(1 - value)
                                                   : correctness(std::string_view(std::to_string(value)), place);
  }
  /// "1", "0", "true" and "false" in any case, also as decimals; no text is a missing value.
  [[nodiscard]] std::int32_t correctness(std::string_view text, const row_place& place);

  /// The ids of the rows read last, as text ("7" = 7), empty where there is none; whoever joins by them clears them.
  [[nodiscard]] std::vector<std::string>& ids() noexcept { return ids_; }
  void append_id(std::int64_t id) { ids_.push_back(std::to_string(id)); }
  void append_id(std::string_view id) { ids_.emplace_back(id); }

 private:
  double refuse_weight(double value, std::int32_t& label, const row_place& place);

  class_names classes_;
  row_problems problems_;
  group_dictionary seen_;
  bool looking_ = false;
  label_mapper labels_;
  label_mapper predictions_;
  group_dictionary groups_;
  std::vector<std::string> ids_;
};

}  // namespace calibrant::io
