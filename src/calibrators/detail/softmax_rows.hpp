#pragma once

#include <cstddef>
#include <vector>

#include "simd/kernels.hpp"

namespace calibrant::detail {

/// Softmax of rows; keeps its memory from call to call. One for each thread.
class softmax_rows {
 public:
  /// p (n x K) becomes the softmax of n rows.
  template <class T>
  void apply(const T* const* rows, std::size_t n, std::size_t K, double* p) const noexcept {
    simd::active_target().rows<T>().softmax_alone(rows, n, K, p);
  }
  /// The same of consecutive rows; p may be z.
  void apply(const double* z, std::size_t n, std::size_t K, double* p) {
    rows_.resize(n);
    for (std::size_t i = 0; i < n; ++i) rows_[i] = z + i * K;
    apply(rows_.data(), n, K, p);
  }

 private:
  std::vector<const double*> rows_;
};

}  // namespace calibrant::detail
