#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <calibrant/evaluation/evaluation.hpp>

#include "statistical/coverage.hpp"
#include "statistical/simulation.hpp"
#include "support/dataset.hpp"

namespace calibrant::simulation {

/// A finite population of whole rows with known label probabilities, made like that of simulation.hpp, from which
/// samples are drawn with replacement and evaluated as users evaluate theirs.
class catalog_population {
 public:
  explicit catalog_population(const population_options& options);

  /// The population's value of every metric that has one: what it is for labels that are their probabilities.
  [[nodiscard]] const std::map<std::string, double>& values() const noexcept { return values_; }
  /// n rows, each with a label drawn for it.
  [[nodiscard]] testing::dataset draw(std::size_t n, std::uint64_t seed) const;

 private:
  void measure_values();
  [[nodiscard]] double kernel_error() const;

  testing::dataset rows_;       ///< labels are not used
  std::vector<double> shares_;  ///< rows x K, the probabilities of the labels
  std::map<std::string, double> values_;
};

/// What repeated samples of one population say of one metric, at level 0.95.
struct metric_study {
  share held, above, below;  ///< of the interval; without trials there is none or no population value
  share told;                ///< whether there is an interval at all
  share p_05, p_01;          ///< p-values at most .05, .01; without trials there is none
  double target = 0;
};

struct catalog_study_options {
  population_options population;
  double ece = 0;  ///< population ECE aimed at
  std::size_t n = 200;
  std::size_t repetitions = 1000;
  std::vector<std::string> metrics = {};  ///< empty: all that have an interval or a p-value
  std::size_t bootstrap = 0;              ///< if not 0, intervals are those of so many replicates
};

/// Metrics by name. Samples are evaluated side by side on all processors.
[[nodiscard]] std::map<std::string, metric_study> run_catalog_study(const catalog_study_options& options);

}  // namespace calibrant::simulation
