#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace calibrant {

/// The two isotonic values at a score: with the score added to the rows as a miss, and as a hit. The truth of a row to
/// come is one of them.
struct venn_abers_pair {
  double p0;
  double p1;
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

/// One probability of the pairs of one or more curves, at least one: GM(p1)/(GM(1 - p0) + GM(p1)) with geometric means
/// over the curves, which loses least at worst (Vovk, Petej, Fedorova 2015). Of one curve p1/(1 - p0 + p1).
[[nodiscard]] double merged_probability(std::span<const venn_abers_curve> curves, double score) noexcept;

}  // namespace calibrant
