#pragma once

#include <span>
#include <vector>

#include <calibrant/calibrators/fit_report.hpp>
#include <calibrant/calibrators/parameter_list.hpp>
#include <calibrant/calibrators/training_set.hpp>
#include <calibrant/calibrators/venn_abers_curve.hpp>

namespace calibrant {

struct venn_abers_options {
  std::size_t folds = 1;   ///< parts of the rows, each of which gives curves of its own
  std::uint64_t seed = 0;  ///< of the folds
};

/// Venn-Abers prediction of each class against the rest (Vovk, Petej 2014), merged, then divided by the sum of the row.
/// Inductive with curves of all rows, cross-Venn-Abers with those of folds.
class venn_abers final : public calibration_map {
 public:
  /// `folds` curves of the first class, then of the next one.
  venn_abers(std::vector<venn_abers_curve> curves, std::size_t folds) noexcept
      : curves_(std::move(curves)), folds_(folds) {}
  explicit venn_abers(const parameter_list& stored);

  /// The curves of a class, one for each fold; of two classes class 1 alone has some.
  [[nodiscard]] std::span<const venn_abers_curve> curves_of(std::size_t k) const noexcept;
  [[nodiscard]] score_form reads() const noexcept override { return score_form::probabilities; }
  std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  std::vector<venn_abers_curve> curves_;
  std::size_t folds_;
};

/// O(n) a class with scores of weight 1, else O(n log n). Keeps three numbers for each distinct score. Folds that get
/// no rows have no curves.
[[nodiscard]] fitted_map fit_venn_abers(const training_set& rows, const venn_abers_options& options);

/// Venn-Abers prediction of each pair of classes (Manokhin 2017): the curves of i and j are learned from the rows of
/// these two classes with the score p_i/(p_i + p_j), and give p_ij; then p_i = 1/(sum_{j != i} 1/p_ij - (K - 2)),
/// divided by the sum of the row. A pair without rows keeps the score itself.
class venn_abers_pairs final : public calibration_map {
 public:
  /// `folds` curves of the pair (0, 1), then of (0, 2), ..., (1, 2), ...; a curve without scores is one without rows.
  venn_abers_pairs(std::vector<venn_abers_curve> curves, std::size_t folds) noexcept;
  explicit venn_abers_pairs(const parameter_list& stored);

  [[nodiscard]] score_form reads() const noexcept override { return score_form::probabilities; }
  std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  [[nodiscard]] double share(std::size_t pair, double p_i, double p_j) const noexcept;

  std::vector<venn_abers_curve> curves_;
  std::size_t folds_;
};

/// O(n K log n), and O(K^2 log n) for a row to be mapped. Keeps three numbers for each row and each other class.
[[nodiscard]] fitted_map fit_venn_abers_pairs(const training_set& rows, const venn_abers_options& options);

}  // namespace calibrant
