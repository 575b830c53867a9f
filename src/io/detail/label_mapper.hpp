#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <calibrant/core/class_names.hpp>
#include <calibrant/evaluation/row_problems.hpp>

#include "io/detail/group_dictionary.hpp"

namespace calibrant::io {

/// Where a row stands: its source, its number inside it counted from 0, and its line in a text file (0: none).
struct row_place {
  std::size_t source = 0;
  std::uint64_t row = 0;
  std::uint64_t line = 0;
};

/// " (line 19)" or nothing.
[[nodiscard]] std::string line_note(const row_place& place);

/// Maps labels or predictions to class indices by name, as text; never by order. Those that name no class become
/// refused_label and are recorded.
class label_mapper {
 public:
  /// Both must outlive the mapper. `note` names the file of the labels where it is not the source itself, e.g. " in
  /// labels.npy". `word` says what is mapped, "label" or "prediction".
  label_mapper(const class_names& classes, row_problems& problems, std::string note, const char* word);

  /// From now on names are numbered as they appear and refused never.
  void collect_into(group_dictionary& seen) noexcept { seen_ = &seen; }
  /// "0" and "1" stand for these classes where they are no names themselves.
  void accept_zero_and_one(std::int32_t zero, std::int32_t one) noexcept { zero_and_one_ = {zero, one}; }

  [[nodiscard]] std::int32_t map(std::string_view text, const row_place& place) {
    if (seen_ != nullptr) return seen_->index_of(text);
    const auto found = classes_.find(text);
    return found ? *found : refuse(text, place);
  }
  [[nodiscard]] std::int32_t map(std::int64_t label, const row_place& place) {
    if (seen_ != nullptr) return seen_->index_of(label);
    const auto found = classes_.find(label);
    return found ? *found : refuse(std::to_string(label), place);
  }
  /// A null, an empty cell, NaN.
  [[nodiscard]] std::int32_t missing(const row_place& place);

  [[nodiscard]] const class_names& classes() const noexcept { return classes_; }

 private:
  std::int32_t refuse(std::string_view text, const row_place& place);
  [[nodiscard]] std::string advice(std::string_view text) const;

  const class_names& classes_;
  row_problems& problems_;
  std::string note_;
  const char* word_;
  group_dictionary* seen_ = nullptr;
  std::optional<std::array<std::int32_t, 2>> zero_and_one_;
};

}  // namespace calibrant::io
