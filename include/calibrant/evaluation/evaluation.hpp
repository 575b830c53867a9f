#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <calibrant/catalog/metric_catalog.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/bootstrap.hpp>
#include <calibrant/evaluation/evaluation_state.hpp>
#include <calibrant/metrics/class_table.hpp>
#include <calibrant/metrics/reliability_diagram.hpp>

namespace calibrant {

/// A metric with its result.
struct panel_metric {
  const metric_entry* entry = nullptr;
  estimate result;
  std::optional<bootstrap_estimate> bootstrap = {};  ///< if asked for
};

/// Something a reader should know before trusting the numbers.
struct evaluation_warning {
  std::string code;     ///< stable, snake_case
  std::string message;  ///< one sentence in plain words
};

/// Everything that is said of one set of rows.
struct panel {
  std::string headline;  ///< one sentence
  double weight = 0;     ///< rows, or their weight
  std::vector<panel_metric> metrics;
  std::vector<reliability_bin> top_label;
  std::vector<class_row> per_class;  ///< empty unless a metric or per_class_reliability asks for classes
  std::vector<std::vector<reliability_bin>> class_reliability;  ///< one diagram per class; see evaluation_options
  std::vector<evaluation_warning> warnings;

  /// The result of a metric of the panel; null if it was not computed.
  [[nodiscard]] const estimate* find(std::string_view metric) const noexcept;
};

struct evaluation_options {
  metric_options metric = {};             ///< what every metric is told; `bins` is that of the state
  std::size_t bootstrap = 0;              ///< replicates of the rows per metric; 0: none
  std::vector<std::string> metrics = {};  ///< names; empty: the default panel
  /// A reliability diagram for every class. Absent: up to 100 classes, if a chosen metric is about classes.
  std::optional<bool> per_class_reliability = {};
};

/// What a pass over rows of K classes must measure for these options (evaluation_config::parts). The default panel does
/// without sorted class columns above largest_default_class_values classes. Throws error (invalid_argument) on an
/// unknown metric name.
[[nodiscard]] panel_parts parts_needed(const evaluation_options& options, std::size_t classes);

/// Has a pass measure what the metrics of another package need, and nothing of ours. `bins`: of every binned metric;
/// absent: as the package has them. `metrics` as in evaluation_options.
void measure_for_peer(evaluation_config& config, const peer_entry& peer, std::optional<std::size_t> bins,
                      const std::vector<std::string>& metrics);

/// A finished evaluation: pure data that every face shows. `groups` is empty without groups and has no entry for a
/// group without weight.
struct evaluation {
  evaluation_config config;
  evaluation_options options;
  bool grouped = false;
  bool weighted = false;
  row_counts counts;
  std::vector<source_info> sources;
  panel total;
  std::map<std::string, panel> groups;
};

/// Turns a state into numbers. A pure function: the same state and options give the same result, bit for bit.
/// Throws error (invalid_argument) on an unknown metric name or an option outside of its domain. Complexity O(K B) per
/// group and metric; with a pool the metrics are computed side by side.
[[nodiscard]] evaluation evaluate(const evaluation_state& state, const evaluation_options& options = {},
                                  thread_pool* pool = nullptr);

}  // namespace calibrant
