#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <calibrant/core/bin_edges.hpp>
#include <calibrant/core/error.hpp>
#include <calibrant/core/weights.hpp>
#include <calibrant/stats/class_value_store.hpp>
#include <calibrant/stats/classwise_cells.hpp>
#include <calibrant/stats/confidence_store.hpp>
#include <calibrant/stats/kernel_pair_sums.hpp>
#include <calibrant/stats/label_ranks.hpp>
#include <calibrant/stats/panel_parts.hpp>
#include <calibrant/stats/row_store.hpp>
#include <calibrant/stats/score_sums.hpp>
#include <calibrant/stats/top_label_cells.hpp>

namespace calibrant {

/// Everything the panel reads: one pass fills it, states of shards merge. A pass that is asked for less
/// than the whole panel measures fewer `parts`; the others stay empty, and class-wise cells, class
/// values and ranks that are not measured take no memory.
struct panel_state {
  /// `classes` are those that can be predicted.
  panel_state(std::size_t classes, const bin_edges& edges, weight_kind kind,
              std::optional<double> log_floor = std::nullopt, panel_parts measured = panel_parts::all(),
              std::uint64_t exact_rows = default_exact_rows)
      : parts(measured),
        scores(kind, log_floor),
        top_label(classes, edges, kind),
        classwise(measured.contain(panel_part::classwise) ? classes : 0, edges, kind),
        confidences(kind, exact_rows),
        class_values(measured.contain(panel_part::class_values) ? classes : 0, kind, exact_rows),
        ranks(measured.contain(panel_part::ranks) ? classes : 0, kind),
        rows(measured, classes) {}

  /// Throws error (state_mismatch) if the configurations differ; both stay untouched.
  void merge(const panel_state& other) {
    if (parts != other.parts)
      throw error(error_code::state_mismatch, "merge: the states measured " + parts.text() + " and " +
                                                  other.parts.text() +
                                                  ", expected the same; evaluate both for the same metrics");
    scores.require_mergeable(other.scores);
    top_label.require_mergeable(other.top_label);
    classwise.require_mergeable(other.classwise);
    confidences.require_mergeable(other.confidences);
    class_values.require_mergeable(other.class_values);
    ranks.require_mergeable(other.ranks);
    scores.merge(other.scores);
    top_label.merge(other.top_label);
    classwise.merge(other.classwise);
    confidences.merge(other.confidences);
    class_values.merge(other.class_values);
    kernel_pairs.merge(other.kernel_pairs);
    ranks.merge(other.ranks);
    rows.merge(other.rows);
  }

  template <class Visitor>
  void fields(Visitor&& visit) {
    describe(*this, visit);
  }
  template <class Visitor>
  void fields(Visitor&& visit) const {
    describe(*this, visit);
  }
  friend bool operator==(const panel_state&, const panel_state&) = default;

  panel_parts parts;
  score_sums scores;
  top_label_cells top_label;
  classwise_cells classwise;
  confidence_store confidences;
  class_value_store class_values;
  kernel_pair_sums kernel_pairs;  ///< not among the fields
  label_ranks ranks;
  row_store rows;  ///< not among the fields

 private:
  template <class Self, class Visitor>
  static void describe(Self& self, Visitor& visit) {
    const auto prefixed = [&visit](const char* prefix) {
      return [&visit, prefix](const std::string& name, auto&&... rest) {
        visit(prefix + name, std::forward<decltype(rest)>(rest)...);
      };
    };
    self.scores.fields(prefixed("scores."));
    self.top_label.fields(prefixed("top_label."));
    if (self.parts.contain(panel_part::classwise)) self.classwise.fields(prefixed("classwise."));
    if (self.parts.contain(panel_part::confidences)) self.confidences.fields(prefixed("confidences."));
    self.class_values.fields(prefixed("class_values."));
    if (self.parts.contain(panel_part::ranks)) self.ranks.fields(prefixed("ranks."));
  }
};

}  // namespace calibrant
