#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "simd/kernels.hpp"

namespace calibrant::detail {

/// Softmax of rows, with room for what the kernel says of them besides. One for each thread.
class softmax_rows {
 public:
  /// p (n x K) becomes the softmax of n rows; their losses with regard to `labels` can be read until the next call.
  template <class T>
  void apply(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels, double* p) {
    for (auto& field : fields_)
      if (field.size() < n) field.resize(n);
    if (predictions_.size() < n) predictions_.resize(n);
    simd::active_target().rows<T>().softmax(rows, n, K, labels, p, summaries());
  }
  /// The same of consecutive rows whose labels do not matter.
  void apply(const double* z, std::size_t n, std::size_t K, double* p) {
    rows_.resize(n);
    for (std::size_t i = 0; i < n; ++i) rows_[i] = z + i * K;
    zeros_.assign(n, 0);
    apply(rows_.data(), n, K, zeros_.data(), p);
  }
  /// -ln p[label]
  [[nodiscard]] double loss(std::size_t i) const noexcept { return fields_[8][i]; }

 private:
  [[nodiscard]] row_summaries summaries() noexcept {
    return {fields_[0].data(), predictions_.data(), fields_[1].data(), fields_[2].data(), fields_[3].data(),
            fields_[4].data(), fields_[5].data(),   fields_[6].data(), fields_[7].data(), fields_[8].data()};
  }

  std::array<std::vector<double>, 9> fields_;
  std::vector<std::int32_t> predictions_;
  std::vector<std::int32_t> zeros_;
  std::vector<const double*> rows_;
};

}  // namespace calibrant::detail
