#pragma once

#include <cstddef>
#include <vector>

#include <calibrant/evaluation/state_diff.hpp>

#include "evaluation/detail/gate_bounds.hpp"

namespace calibrant::detail {

/// Tests of change that are adjusted together. What is added is filled in, so it must stay where it is: `test` each,
/// in any order and from any thread, then `settle`.
class change_family {
 public:
  explicit change_family(confidence_level level) : level_(level) {}

  /// `change` has its entry and what is shown of both sides.
  void add(measured_change& change, gate_subject before, gate_subject after);
  void add(mix_change& mix) { mixes_.push_back(&mix); }

  [[nodiscard]] std::size_t size() const noexcept { return open_.size(); }
  /// Difference, interval and p-value of the i-th change.
  void test(std::size_t i) const;
  /// Adjusted p-values and verdicts of all. Returns how many p-values were adjusted.
  std::size_t settle() const;

 private:
  struct open_change {
    measured_change* change;
    gate_subject before;
    gate_subject after;
  };
  [[nodiscard]] change_verdict verdict_of(const open_change& open) const;

  confidence_level level_;
  std::vector<open_change> open_;
  std::vector<mix_change*> mixes_;
};

}  // namespace calibrant::detail
