#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <calibrant/calibrators/calibration_map.hpp>
#include <calibrant/calibrators/fit_report.hpp>
#include <calibrant/calibrators/histogram_binning.hpp>
#include <calibrant/calibrators/parameter_list.hpp>
#include <calibrant/calibrators/training_set.hpp>

namespace calibrant {

/// Top-label histogram binning (Gupta, Ramdas 2022): the probability of the predicted class becomes how often rows with
/// this prediction and about this probability were right; the other classes share the rest in proportion to what they
/// had. Where that leaves another class more, the row's largest class is another one than it was.
class top_label_binning final : public calibration_map {
 public:
  explicit top_label_binning(std::vector<binned_curve> curves) noexcept : curves_(std::move(curves)) {}
  explicit top_label_binning(const parameter_list& stored);

  /// K: of the rows that predict each class.
  [[nodiscard]] const std::vector<binned_curve>& curves() const noexcept { return curves_; }
  [[nodiscard]] score_form reads() const noexcept override { return score_form::probabilities; }
  std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  std::vector<binned_curve> curves_;
};

/// Bins of equal mass with a weight of at least 50, at most `bins` for a class. Classes that fewer rows predict share
/// the bins of all rows. Equal probabilities stay together. O(n K + n log n).
[[nodiscard]] fitted_map fit_top_label_binning(const training_set& rows, std::size_t bins);

}  // namespace calibrant
