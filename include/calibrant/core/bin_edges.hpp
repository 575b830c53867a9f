#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace calibrant {

/// B bins on [0, 1]: half-open [e_j, e_{j+1}), the last one closed, so p = 0 is in bin 0 and p = 1 in bin B-1.
/// The bin depends on the number, never on the type it was stored in.
class bin_edges {
 public:
  /// Equal width: e_j = j (1/B) in float64 for j < B and e_B = 1 (numpy.linspace's rule; it differs from j/B for most
  /// B). Throws error (invalid_argument) unless 1 <= B <= 65536.
  [[nodiscard]] static bin_edges equal_width(std::size_t bins);
  /// Edges from 0 to 1 that differ from those of equal width by rounding alone, and after them a bin that holds 1
  /// alone.
  [[nodiscard]] static bin_edges with_one_alone(std::vector<double> edges);

  [[nodiscard]] std::size_t bins() const noexcept { return edges_.size() - 1; }
  [[nodiscard]] double lower(std::size_t bin) const noexcept { return edges_[bin]; }
  [[nodiscard]] double upper(std::size_t bin) const noexcept { return edges_[bin + 1]; }

  /// The largest j <= B-1 with e_j <= p, for p in [0, 1]. O(1).
  [[nodiscard]] std::size_t bin_of(double p) const noexcept {
    // floor(p scale) is at most one off; the edges decide. Without branches: which bin comes next is hard to predict.
    const auto guess = static_cast<std::size_t>(static_cast<std::int64_t>(p * scale_));
    return guess + static_cast<std::size_t>(starts_[guess + 1] <= p) - static_cast<std::size_t>(starts_[guess] > p);
  }

  friend bool operator==(const bin_edges& a, const bin_edges& b) { return a.edges_ == b.edges_; }

 private:
  bin_edges(std::vector<double> edges, std::size_t wide_bins);

  std::vector<double> edges_;
  std::vector<double> starts_;  ///< lower edges, then two infinities, so that p = 1 falls back into the last bin
  double scale_ = 0;            ///< bins of equal width
};

}  // namespace calibrant
