#pragma once

#include <span>
#include <vector>

#include <calibrant/calibrators/fit_report.hpp>
#include <calibrant/calibrators/parameter_list.hpp>
#include <calibrant/calibrators/training_set.hpp>

namespace calibrant {

/// The two isotonic values at a score: with the score added to the rows as a miss, and as a hit. The truth of a row to
/// come is one of them.
struct venn_abers_pair {
  double p0;
  double p1;

  /// p1 / (1 - p0 + p1), the probability between them that loses least at worst.
  [[nodiscard]] double merged() const noexcept { return p1 / (1 - p0 + p1); }
};

/// Both values as functions of the score (Vovk, Petej, Fedorova 2015).
class venn_abers_curve {
 public:
  /// Of distinct scores in increasing order with their weights and hits; a new row has the weight 1. O(groups).
  [[nodiscard]] static venn_abers_curve learned(std::vector<double> x, std::span<const double> weights,
                                                std::span<const double> hits);
  /// With the values at the scores x.
  venn_abers_curve(std::vector<double> x, std::vector<double> p0, std::vector<double> p1) noexcept
      : x_(std::move(x)), p0_(std::move(p0)), p1_(std::move(p1)) {}

  [[nodiscard]] const std::vector<double>& x() const noexcept { return x_; }
  [[nodiscard]] const std::vector<double>& p0() const noexcept { return p0_; }
  [[nodiscard]] const std::vector<double>& p1() const noexcept { return p1_; }
  /// O(log groups).
  [[nodiscard]] venn_abers_pair at(double score) const noexcept;

 private:
  std::vector<double> x_;
  std::vector<double> p0_;
  std::vector<double> p1_;
};

/// Inductive Venn-Abers prediction of each class against the rest (Vovk, Petej 2014), merged, then divided by the sum
/// of the row.
class venn_abers final : public calibration_map {
 public:
  explicit venn_abers(std::vector<venn_abers_curve> curves) noexcept : curves_(std::move(curves)) {}
  explicit venn_abers(const parameter_list& stored);

  /// Of each class; of two classes that of class 1 alone.
  [[nodiscard]] const std::vector<venn_abers_curve>& curves() const noexcept { return curves_; }
  [[nodiscard]] score_form reads() const noexcept override { return score_form::probabilities; }
  void apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  std::vector<venn_abers_curve> curves_;
};

/// O(n) a class with scores of weight 1, else O(n log n). Keeps three numbers for each distinct score.
[[nodiscard]] fitted_map fit_venn_abers(const training_set& rows);

}  // namespace calibrant
