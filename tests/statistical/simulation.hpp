#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <calibrant/stats/cell_moments.hpp>

namespace calibrant::simulation {

/// A finite population of rows with known label probabilities. Samples are drawn from it with replacement, so that
/// every population quantity is a finite sum, exact up to rounding.
///
/// Row i has logits z of independent N(0, spread^2), label probabilities softmax(z) and served probabilities
/// softmax(sharpness z): sharpness 1 is exactly calibrated, above 1 over-confident, below 1 under-confident.
struct population_options {
  std::size_t rows = 200'000;
  std::size_t classes = 5;
  double spread = 2;
  double sharpness = 1;
  std::size_t bins = 15;
  std::uint64_t seed = 1;
};

/// The binned errors of a population or of one sample.
struct errors {
  double ece = 0;
  double rms = 0;
  double max = 0;
  double classwise = 0;              ///< mean over classes
  double last_class = 0;             ///< of the last class alone
  double top_label_conditional = 0;  ///< cells by predicted class and bin
};

/// Cells of one sample, the non-empty ones in increasing bin order, class by class.
struct sample_cells {
  std::vector<cell_moments> top_label;
  std::vector<cell_moments> classwise;  ///< weights W_kb / (K W)
  std::vector<cell_moments> last_class;
  std::vector<cell_moments> top_label_conditional;
  double max_target = 0;  ///< population max error over the non-empty bins of the sample
};

enum class sample_weights {
  none,
  log_normal,  ///< importance weights exp(Z), independent of everything else
};

class population {
 public:
  explicit population(const population_options& options);

  [[nodiscard]] const errors& truth() const noexcept { return truth_; }
  [[nodiscard]] double accuracy() const noexcept { return accuracy_; }
  [[nodiscard]] sample_cells draw(std::size_t n, std::uint64_t seed,
                                  sample_weights weights = sample_weights::none) const;

 private:
  std::size_t classes_;
  std::size_t bins_;
  std::vector<float> served_;      ///< rows x K
  std::vector<float> cumulative_;  ///< rows x K, of the label probabilities
  std::vector<std::uint32_t> prediction_;
  std::vector<double> bin_gap_;  ///< population |gap| per top-label bin
  errors truth_;
  double accuracy_ = 0;
};

/// The sharpness at which the population ECE is `ece`, over-confident; by bisection.
[[nodiscard]] double sharpness_for(population_options options, double ece);

[[nodiscard]] errors errors_of(const sample_cells& cells);

}  // namespace calibrant::simulation
