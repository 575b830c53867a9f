#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <calibrant/metrics/estimate.hpp>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace calibrant::cli {

/// The options of single metrics that commands share. What is absent was not given.
struct metric_arguments {
  std::optional<double> norm;             ///< of `ece_lp` and `classwise_ece_lp`
  std::optional<std::size_t> top_k;       ///< of `top_k_accuracy`
  std::optional<double> min_probability;  ///< of `tace`
  std::optional<double> coverage;         ///< of `risk_at_coverage`
  std::optional<double> risk;             ///< of `coverage_at_risk`
  std::optional<double> threshold;        ///< of `selective_risk` and `coverage`
};

/// Whether an option asks for its metric, speaks of one that is named elsewhere, or of one that is judged: what has no
/// interval cannot be, so there is no --norm then.
enum class metric_option_role { asks, speaks, judges };

void declare_metric_options(CLI::App& command, metric_arguments& arguments, metric_option_role role,
                            const std::string& group);

/// An option that was given, the metrics that it asks for, and others that it speaks of.
struct given_metric_option {
  std::string_view option;
  std::vector<std::string> metrics;
  std::vector<std::string> others = {};

  [[nodiscard]] bool speaks_of(std::string_view metric) const;
};
[[nodiscard]] std::vector<given_metric_option> given_options(const metric_arguments& arguments);

/// Sets what was given.
void apply_metric_options(const metric_arguments& arguments, metric_options& options);

/// The metrics of `--metrics`, a list of names or all; refuses unknown ones.
[[nodiscard]] std::vector<std::string> metric_list(const std::string& list);

}  // namespace calibrant::cli
