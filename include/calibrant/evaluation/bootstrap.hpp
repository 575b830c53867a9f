#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <calibrant/catalog/metric_catalog.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/evaluation_state.hpp>
#include <calibrant/metrics/estimate.hpp>

namespace calibrant {

/// What replicates of the rows say of one metric.
struct bootstrap_estimate {
  std::size_t replicates = 0;                ///< that were drawn
  std::size_t without_value = 0;             ///< of them, where the metric is not defined
  figure standard_error = figure::none("");  ///< standard deviation over the replicates
  interval_estimate uncertainty = interval_estimate::none("");
};

/// The row bootstrap of metrics: every replicate is a pass over the rows of the state, each as often as it was drawn,
/// into the states that the metrics read, so every metric of sums has one. How often a row is drawn is a Poisson(1)
/// number, a function of (seed, replicate, key of the row) alone (Hanley and MacGibbon 2006): the same rows give the
/// same replicates in any order, on any number of threads. Intervals are
/// bias-corrected percentiles (Efron 1981) at options.level. A plug-in error near its smallest value is biased, and no
/// bootstrap interval of it holds its level (that of an ECE near 0 covers half the time or less): such metrics
/// (metric_needs::biased) and any value with more than 70 % of the replicates on one side have a standard error alone,
/// and the reason says so.
///
/// `values` are the metrics' results on the state; what has none there gets none here. One result per metric, in order.
/// Complexity: replicates times a pass over rows in memory.
[[nodiscard]] std::vector<bootstrap_estimate> bootstrap(const panel_state& state, const evaluation_config& config,
                                                        std::span<const metric_entry* const> metrics,
                                                        std::span<const estimate* const> values, std::size_t replicates,
                                                        const metric_options& options, thread_pool& pool);

/// The estimate from the value and its replicates, in any order; those that are NaN have none.
[[nodiscard]] bootstrap_estimate summarize_replicates(double value, std::vector<double> replicates,
                                                      confidence_level level);

}  // namespace calibrant
