#pragma once

#include <string>
#include <vector>

#include <calibrant/evaluation/state_diff.hpp>

namespace calibrant {

/// How a change is shown to people, in every face: values as metric_text, the difference with its sign and as many
/// decimals as the values.
struct change_text {
  explicit change_text(const measured_change& change);

  std::string before;
  std::string after;
  std::string difference;
  std::string bare_before;  ///< without its unit, for narrow tables
  std::string bare_difference;
  std::string range;     ///< of the difference
  std::string adjusted;  ///< p-value
  std::string verdict;   ///< "better", "no evidence"
};

/// A change and the class or group that it is of.
struct member_change {
  const measured_change* change = nullptr;
  std::string member = {};
};

/// All changes of classes, class by class; of groups likewise. The diff must outlive them.
[[nodiscard]] std::vector<member_change> class_changes(const state_diff& result);
[[nodiscard]] std::vector<member_change> group_changes(const state_diff& result);

/// Those that are more than chance, the surest first.
[[nodiscard]] std::vector<member_change> significant(std::vector<member_change> changes);

}  // namespace calibrant
