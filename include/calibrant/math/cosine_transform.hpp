#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace calibrant {

/// Sums of cosines on a grid of N + 1 points, N a power of two: y_k = sum_j x_j cos(pi j k / N), j and k from 0 to N,
/// which takes masses on the grid to coefficients, and coefficients to values on the grid. Error about 1e-15 sum |x_j|.
class cosine_transform {
 public:
  /// `intervals`: N, a power of two from 2 on. O(N).
  explicit cosine_transform(std::size_t intervals);

  /// In place, over N + 1 numbers. O(N log N).
  void apply(std::span<double> x);

 private:
  void fourier();

  std::size_t intervals_;
  std::vector<double> cosine_;  ///< cos(pi k / N), k = 0 .. N
  std::vector<double> re_, im_, next_re_, next_im_;
};

}  // namespace calibrant
