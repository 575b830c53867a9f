#pragma once

#include <cstddef>
#include <vector>

#include <calibrant/calibrators/fit_report.hpp>
#include <calibrant/calibrators/parameter_list.hpp>
#include <calibrant/calibrators/training_set.hpp>

namespace calibrant {

/// A function of scores in [0, 1] that is constant in each bin [edge_j, edge_j+1); the last bin is closed.
struct binned_curve {
  std::vector<double> edges;   ///< increasing, from 0 to 1
  std::vector<double> values;  ///< one fewer

  [[nodiscard]] std::size_t bin_of(double score) const noexcept;
  [[nodiscard]] double at(double score) const noexcept { return values[bin_of(score)]; }
};

enum class bin_division { width, mass };
/// The value of a bin without rows.
enum class empty_bin {
  centre,  ///< of the bin
  linear,  ///< on the line between the nearest bins that have rows
  prior,   ///< the share of the class among all rows
};

struct histogram_options {
  std::size_t bins = 15;
  bin_division division = bin_division::width;
  empty_bin empty = empty_bin::centre;
};

/// The share of the class among the rows of the same bin, of each class against the rest (Zadrozny, Elkan 2001), then
/// divided by the sum of the row.
class histogram_binning final : public calibration_map {
 public:
  explicit histogram_binning(std::vector<binned_curve> curves) noexcept : curves_(std::move(curves)) {}
  explicit histogram_binning(const parameter_list& stored);

  /// Of each class; of two classes that of class 1 alone.
  [[nodiscard]] const std::vector<binned_curve>& curves() const noexcept { return curves_; }
  [[nodiscard]] score_form reads() const noexcept override { return score_form::probabilities; }
  std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  std::vector<binned_curve> curves_;
};

/// Bins of equal mass end halfway between neighbouring scores and never split equal ones, so that there may be fewer.
/// O(n) a class.
[[nodiscard]] fitted_map fit_histogram_binning(const training_set& rows, const histogram_options& options);

}  // namespace calibrant
