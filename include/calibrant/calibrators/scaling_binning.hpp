#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <calibrant/calibrators/fit_report.hpp>
#include <calibrant/calibrators/histogram_binning.hpp>
#include <calibrant/calibrators/platt_scaling.hpp>

namespace calibrant {

/// Platt's sigmoid g_k of each class against the rest, whose values are replaced by those of bins (Kumar, Liang, Ma
/// 2019), then divided by the sum of the row. So few values can be told apart that their calibration can be proven.
class scaling_binning final : public calibration_map {
 public:
  scaling_binning(std::vector<double> A, std::vector<double> B, std::vector<binned_curve> curves) noexcept
      : A_(std::move(A)), B_(std::move(B)), curves_(std::move(curves)) {}
  explicit scaling_binning(const parameter_list& stored);

  [[nodiscard]] score_form reads() const noexcept override { return score_form::log_odds; }
  std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  std::vector<double> A_;
  std::vector<double> B_;
  std::vector<binned_curve> curves_;
};

struct scaling_binning_options {
  std::size_t bins = 15;
  bool shared = false;     ///< bins and their values are learned from the same rows
  std::uint64_t seed = 0;  ///< of the parts that the rows are dealt into
};

/// Thirds of the rows, by content and `seed`: the first gives the sigmoids, the second bins of equal mass of their
/// values, the third the mean value in each bin (`shared`: halves, the second of which gives both); a bin without such
/// rows keeps the middle of its edges. Throws error (no_rows) with fewer rows than parts.
[[nodiscard]] fitted_map fit_scaling_binning(const training_set& rows, const scaling_binning_options& options);

}  // namespace calibrant
