#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <calibrant/stats/sorted_forecasts.hpp>

#include "statistical/simulation.hpp"

namespace calibrant::simulation {

/// The errors over sorted confidences of a whole population.
struct sorted_errors {
  double ks = 0;
  double kuiper = 0;
  double smooth = 0;
  double ece = 0;  ///< mean |c - q|: what every one of them is at most
};

/// A finite population of top-label confidences c and their true probabilities q of being right, made like that of
/// simulation.hpp, from which rows are drawn with replacement.
class sorted_population {
 public:
  explicit sorted_population(const population_options& options);

  [[nodiscard]] const sorted_errors& truth() const noexcept { return truth_; }
  [[nodiscard]] double accuracy() const noexcept { return accuracy_; }
  [[nodiscard]] sorted_forecasts draw(std::size_t n, std::uint64_t seed, sample_weights weights) const;
  /// The population's L1 error of the bins of equal mass that a sample makes.
  [[nodiscard]] double equal_mass_error(const sorted_forecasts& sample, std::size_t bins) const;

 private:
  std::vector<double> confidence_;  ///< increasing
  std::vector<double> right_;       ///< q
  std::vector<double> drift_;       ///< sum of c - q before each row
  sorted_errors truth_;
  double accuracy_ = 0;
};

/// The sharpness at which mean |c - q| is `ece`, over-confident; by bisection.
[[nodiscard]] double sorted_sharpness_for(population_options options, double ece);

}  // namespace calibrant::simulation
