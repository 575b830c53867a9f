#pragma once

#include <optional>
#include <span>
#include <string_view>

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/panel_state.hpp>

namespace calibrant {

/// Which way a metric is better.
enum class metric_direction {
  lower,   ///< smaller is better
  higher,  ///< larger is better
  zero,    ///< signed, best at 0
  none,    ///< describes the model, neither good nor bad
};
[[nodiscard]] std::string_view name_of(metric_direction direction) noexcept;

/// What the rows must tell besides what the states of a metric say, and what its values are like.
struct metric_needs {
  bool predicted_class = false;  ///< which class was predicted, not only whether it was right
  bool hard_labels = false;      ///< one class per row: soft labels give no value
  /// Its interval rests on the scatter of the rows and its expected value on no draw of labels, so that both hold for
  /// soft labels as well; of other metrics soft labels give the value alone.
  bool mean_of_rows = false;
  bool seed = false;  ///< it draws at random, so another seed gives another value or p-value
  /// The value of a sample lies above that of its population, most where that is 0, and the values of replicates lie
  /// above it again: no bootstrap interval of it holds its level.
  bool biased = false;
  /// Each end of its interval may be wrong with 1 - level, not with half of it: a one-sided bound is the end of the
  /// interval at its own level.
  bool undivided = false;

  friend constexpr metric_needs operator|(metric_needs a, metric_needs b) noexcept {
    return {.predicted_class = a.predicted_class || b.predicted_class,
            .hard_labels = a.hard_labels || b.hard_labels,
            .mean_of_rows = a.mean_of_rows || b.mean_of_rows,
            .seed = a.seed || b.seed,
            .biased = a.biased || b.biased,
            .undivided = a.undivided || b.undivided};
  }
};

/// One metric: the only place where its name, meaning and properties are written. Command line, JSON Schema,
/// documentation and tests read it.
struct metric_entry {
  std::string_view name;        ///< key in every face, snake_case
  std::string_view title;       ///< what a table shows
  std::string_view question;    ///< what it answers, in plain words
  std::string_view definition;  ///< formula in the notation of docs/definitions.md
  std::string_view units;       ///< "probability", "nats", "score", "z"
  std::string_view range;       ///< e.g. "[0, 1]"
  metric_direction better;
  panel_parts reads;  ///< the states it is a function of
  std::string_view citation;
  bool default_panel;  ///< shown without being asked for
  /// A state that was not measured gives no value and a reason.
  estimate (*finalize)(const panel_state& state, const metric_options& options);
  /// The definition in TeX, in the notation of docs/definitions.md. Empty: pages show `definition` as it is.
  std::string_view tex = {};
  /// What happens at the edges: empty bins, ties, zeros, too few rows, and what the metric is mistaken for.
  std::string_view edge_rules = {};
  metric_needs needs = {};
};

/// The ends of a metric's range that are numbers: of "[0, inf)" the lower one alone.
struct metric_limits {
  std::optional<double> lower;
  std::optional<double> upper;
};
[[nodiscard]] metric_limits limits_of(const metric_entry& entry);

/// The metric of a state. Where the value lies past an end of its range, it is that end: rounding may carry it there,
/// and so may rows of probabilities that are accepted although they miss a sum of 1 (by 1e-2 at most).
[[nodiscard]] estimate compute(const metric_entry& entry, const panel_state& state, const metric_options& options);

/// Above so many classes the default panel leaves out metrics over sorted class columns, which take memory for every
/// probability.
inline constexpr std::size_t largest_default_class_values = 1000;

/// Every metric, in the order in which panels show them.
[[nodiscard]] std::span<const metric_entry> metric_catalog() noexcept;

/// By name; null if there is none.
[[nodiscard]] const metric_entry* find_metric(std::string_view name) noexcept;

}  // namespace calibrant
