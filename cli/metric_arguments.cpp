#include "cli/metric_arguments.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <limits>

#include <calibrant/catalog/metric_catalog.hpp>
#include <calibrant/core/error.hpp>
#include <calibrant/core/text_list.hpp>

#include "cli/nearest_name.hpp"
#include "cli/validators.hpp"

namespace calibrant::cli {

void declare_metric_options(CLI::App& command, metric_arguments& o, metric_option_role role, const std::string& group) {
  const std::string of = role == metric_option_role::asks ? "Add " : "Of ";
  if (role != metric_option_role::judges)
    command.add_option("--norm", o.norm, of + "ece_lp, the calibration error with this power of the gaps")
        ->type_name("P")
        ->check(number<double>("a finite number of at least 1",
                               [](double x) { return x >= 1 && x <= std::numeric_limits<double>::max(); }))
        ->group(group);
  command
      .add_option("--top-k", o.top_k,
                  of + "top_k_accuracy, how often the right class is among so many most likely ones")
      ->type_name("K")
      ->check(number<std::size_t>("a whole number of at least 1", [](std::size_t k) { return k >= 1; }))
      ->group(group);
  command.add_option("--min-probability", o.min_probability, "Probabilities that tace leaves out; without it 0.01")
      ->type_name("P")
      ->check(
          number<double>("a number of at least 0 and below 1, such as 0.01", [](double x) { return x >= 0 && x < 1; }))
      ->group(group);
  command
      .add_option("--coverage", o.coverage,
                  of + "risk_at_coverage, the rate of errors among this share of the rows, the most confident ones")
      ->type_name("P")
      ->check(number<double>("a number above 0 and at most 1, such as 0.8", [](double x) { return x > 0 && x <= 1; }))
      ->group(group);
  const auto share = [](double x) { return x >= 0 && x <= 1; };
  command
      .add_option("--risk", o.risk,
                  of + "coverage_at_risk, the largest share of the rows that has at most this rate of errors")
      ->type_name("P")
      ->check(number<double>("a number from 0 to 1, such as 0.05", share))
      ->group(group);
  command
      .add_option("--threshold", o.threshold,
                  of + "selective_risk and coverage: the rate of errors among the rows of at least this confidence, "
                       "and their share")
      ->type_name("P")
      ->check(number<double>("a number from 0 to 1, such as 0.9", share))
      ->group(group);
}

bool given_metric_option::speaks_of(std::string_view metric) const {
  return std::find(metrics.begin(), metrics.end(), metric) != metrics.end() ||
         std::find(others.begin(), others.end(), metric) != others.end();
}

std::vector<given_metric_option> given_options(const metric_arguments& o) {
  std::vector<given_metric_option> given;
  const auto add = [&](bool there, given_metric_option option) {
    if (there) given.push_back(std::move(option));
  };
  add(o.norm.has_value(), {"--norm", {"ece_lp"}, {"classwise_ece_lp"}});
  add(o.top_k.has_value(), {"--top-k", {"top_k_accuracy"}});
  add(o.min_probability.has_value(), {"--min-probability", {"tace"}});
  add(o.coverage.has_value(), {"--coverage", {"risk_at_coverage"}});
  add(o.risk.has_value(), {"--risk", {"coverage_at_risk"}});
  add(o.threshold.has_value(), {"--threshold", {"selective_risk", "coverage"}});
  return given;
}

void apply_metric_options(const metric_arguments& o, metric_options& options) {
  if (o.norm) options.norm = *o.norm;
  if (o.top_k) options.top_k = *o.top_k;
  if (o.min_probability) options.min_probability = *o.min_probability;
  if (o.coverage) options.coverage = *o.coverage;
  if (o.risk) options.risk = *o.risk;
  if (o.threshold) options.threshold = *o.threshold;
}

std::vector<std::string> metric_list(const std::string& list) {
  std::vector<std::string> known;
  for (const metric_entry& entry : metric_catalog()) known.emplace_back(entry.name);
  if (list == "all") return known;
  std::vector<std::string> chosen = split_list(list);
  for (const std::string& name : chosen)
    if (find_metric(name) == nullptr)
      throw error(error_code::invalid_argument,
                  "--metrics: got \"" + name + "\", expected names of metrics separated by commas, or all" +
                      suggestion(name, known) +
                      (nearest_name(name, known).empty() ? "; calibrant metrics lists them" : ""));
  return chosen;
}

}  // namespace calibrant::cli
