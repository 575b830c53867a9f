#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace calibrant {

/// On which side the bins of a rule are closed.
enum class bin_side {
  lower_closed,  ///< [lower, upper)
  upper_closed,  ///< (lower, upper]
};

/// How another package assigns numbers to bins: a list of intervals, in order, closed on one side. A number belongs to
/// every interval that holds it, which for one package may be two or none. An open end is infinite: a first bin
/// (-infinity, x] takes in 0, a last one [1, infinity) holds 1 alone.
///
/// Complexity: O(log B) per number. Each package's edges are computed as it computes them, to the last bit.
class bin_rule {
 public:
  /// Interval b is between lowers[b] and uppers[b]; both must not decrease.
  bin_rule(bin_side side, std::vector<double> lowers, std::vector<double> uppers);

  /// B bins that share the B-1 given inner edges and are open at both ends.
  [[nodiscard]] static bin_rule between(bin_side side, std::span<const double> inner_edges);

  [[nodiscard]] std::size_t size() const noexcept { return lowers_.size(); }
  [[nodiscard]] bin_side side() const noexcept { return side_; }
  [[nodiscard]] double lower(std::size_t bin) const noexcept { return lowers_[bin]; }
  [[nodiscard]] double upper(std::size_t bin) const noexcept { return uppers_[bin]; }

  /// Calls `take` with every bin that holds p.
  template <class Take>
  void for_each_bin(double p, Take&& take) const {
    if (side_ == bin_side::lower_closed) {
      const auto first = std::upper_bound(uppers_.begin(), uppers_.end(), p) - uppers_.begin();
      for (auto b = static_cast<std::size_t>(first); b < lowers_.size() && lowers_[b] <= p; ++b) take(b);
    } else {
      const auto first = std::lower_bound(uppers_.begin(), uppers_.end(), p) - uppers_.begin();
      for (auto b = static_cast<std::size_t>(first); b < lowers_.size() && lowers_[b] < p; ++b) take(b);
    }
  }

  friend bool operator==(const bin_rule&, const bin_rule&) = default;

 private:
  bin_side side_;
  std::vector<double> lowers_;
  std::vector<double> uppers_;
};

/// The edge rules of other packages, by the number of bins that a user asks them for.
namespace peer_bins {

/// [lo, hi) between neighbours of `edges`, the last closed, a number below the first in no bin.
[[nodiscard]] bin_rule closed_last_of(std::span<const double> edges);
/// Each rounded to float32.
[[nodiscard]] std::vector<double> rounded_to_float32(std::vector<double> edges);

/// numpy.linspace(0, stop, count): j (stop/(count-1)) in float64, then stop.
[[nodiscard]] std::vector<double> linspace(double stop, std::size_t count);
/// torch.linspace(0, 1, bins + 1) of float32 or float64 on a CPU: j step below the middle and 1 - (bins - j) step,
/// rounded once, from there on.
[[nodiscard]] std::vector<double> torch_linspace_float32(std::size_t bins);
[[nodiscard]] std::vector<double> torch_linspace_float64(std::size_t bins);

/// [lo, hi) of torch's float32 edges, and a bin that holds 1 alone: torchmetrics on float32 confidences.
[[nodiscard]] bin_rule torchmetrics(std::size_t bins);
/// The same with float64 edges: torchmetrics' binary task on float64 probabilities.
[[nodiscard]] bin_rule torchmetrics_float64(std::size_t bins);
/// (lo, hi] of torch's float32 edges; 0 is in no bin: the code of Guo et al. (2017).
[[nodiscard]] bin_rule temperature_scaling(std::size_t bins);
/// [lo, hi) of NumPy's edges, the last closed: netcal.
[[nodiscard]] bin_rule closed_last(std::size_t bins);
/// The same with edges rounded to float32, as SciPy does for samples of that type.
[[nodiscard]] bin_rule closed_last_float32(std::size_t bins);
/// [lo, hi) of NumPy's edges, and a bin that holds 1 alone; 0 is in no bin, since its threshold is strict: the GCE
/// family of uncertainty-metrics and robustness_metrics.
[[nodiscard]] bin_rule gce(std::size_t bins);
/// [lo, hi) of numpy.linspace(0, 1, B), so B - 1 bins of that width, and a bin that holds 1 alone: classes in the
/// tables of Kull et al. (2019).
[[nodiscard]] bin_rule kull_classwise(std::size_t bins);
/// (lo, hi] of NumPy's edges, the first takes in 0: scikit-learn.
[[nodiscard]] bin_rule upper_closed(std::size_t bins);
/// The same with edges j/B: uncertainty-calibration.
[[nodiscard]] bin_rule upper_closed_quotients(std::size_t bins);
/// (lo, hi] of NumPy's edges; 0 is in no bin: reliability-diagrams.
[[nodiscard]] bin_rule without_zero(std::size_t bins);
/// Uppers by numpy.arange(1/B, 1 + 1/B, 1/B), each lower one 1/B below, the first takes in 0: PyCalib's confidence
/// metrics. Rounding makes neighbours overlap or miss by 1e-16, gives some B a further bin and others none that
/// holds 1.
[[nodiscard]] bin_rule pycalib_confidence(std::size_t bins);
/// [lo, hi) of numpy.linspace(0, 1 + 1e-8, B + 1): PyCalib's class-wise metrics.
[[nodiscard]] bin_rule pycalib_classwise(std::size_t bins);
/// Bin floor(p / (1/B)), divided in float64 or float32: relplot.
[[nodiscard]] bin_rule relplot_float64(std::size_t bins);
[[nodiscard]] bin_rule relplot_float32(std::size_t bins);
/// 0 alone, then (lo, hi] of numpy.linspace(0, 1, B): B - 1 bins of that width. MAPIE.
[[nodiscard]] bin_rule mapie(std::size_t bins);

}  // namespace peer_bins
}  // namespace calibrant
