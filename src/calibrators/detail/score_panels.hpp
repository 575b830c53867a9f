#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <calibrant/core/matrix_view.hpp>

#include "simd/kernels.hpp"

namespace calibrant::detail {

/// n x K numbers in panels of 24 columns (simd/kernels.hpp), with zeros beyond column K.
class panels {
 public:
  panels(std::size_t rows, std::size_t K) : rows_(rows), K_(K), numbers_((K + width - 1) / width * width * rows, 0.0) {}

  static constexpr std::size_t width = simd::panel_columns;

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t count() const noexcept { return (K_ + width - 1) / width; }
  [[nodiscard]] std::size_t size() const noexcept { return rows_ * width; }  ///< of one panel
  /// Columns of panel q that are used, at most 24.
  [[nodiscard]] std::size_t columns(std::size_t q) const noexcept { return std::min(width, K_ - q * width); }
  [[nodiscard]] double* panel(std::size_t q) noexcept { return numbers_.data() + q * size(); }
  [[nodiscard]] const double* panel(std::size_t q) const noexcept { return numbers_.data() + q * size(); }
  [[nodiscard]] double* data() noexcept { return numbers_.data(); }

  [[nodiscard]] double& at(std::size_t i, std::size_t j) noexcept {
    return numbers_[j / width * size() + i * width + j % width];
  }
  [[nodiscard]] double at(std::size_t i, std::size_t j) const noexcept {
    return numbers_[j / width * size() + i * width + j % width];
  }

  /// Rows first, first + stride, ... of the view; those from `last` on become 0.
  void load(const matrix_view& view, std::size_t first, std::size_t last, std::size_t stride = 1) {
    view.visit([&](const auto& scores) {
      for (std::size_t i = 0; i < rows_; ++i) {
        const bool there = first + i * stride < last;
        const auto* const row = scores.row(there ? first + i * stride : first);
        for (std::size_t q = 0; q < count(); ++q) {
          double* const to = panel(q) + i * width;
          const std::size_t used = columns(q);
          for (std::size_t j = 0; j < used; ++j) to[j] = there ? to_double(row[q * width + j]) : 0.0;
        }
      }
    });
  }
  void square() noexcept {
    for (double& x : numbers_) x *= x;
  }
  void fill_rows(const std::vector<double>& row) {
    for (std::size_t q = 0; q < count(); ++q)
      for (std::size_t i = 0; i < rows_; ++i) std::copy_n(row.data() + q * width, width, panel(q) + i * width);
  }
  /// sums[j] += the sum of column j over the first n rows.
  void add_column_sums(std::size_t n, std::span<double> sums) const {
    for (std::size_t q = 0; q < count(); ++q)
      for (std::size_t i = 0; i < n; ++i) {
        const double* const row = panel(q) + i * width;
        for (std::size_t j = 0; j < columns(q); ++j) sums[q * width + j] += row[j];
      }
  }
  /// += a^T b over the first n rows of both.
  void add_product(const panels& a, const panels& b, std::size_t n) {
    for (std::size_t q = 0; q < count(); ++q)
      simd::active_target().add_panel_product(a.as_left(true), b.panel(q), rows_, n, columns(q), panel(q));
  }
  [[nodiscard]] simd::left_factor as_left(bool transposed) const noexcept {
    return {numbers_.data(), size(), transposed};
  }

 private:
  std::size_t rows_;
  std::size_t K_;
  std::vector<double> numbers_;
};

/// softmax(M z + b) of blocks of rows under one theta.
class full_softmax {
 public:
  static constexpr std::size_t block = 128;  ///< rows whose scores and probabilities stay in the cache

  full_softmax(std::span<const double> theta, std::size_t K)
      : K_(K),
        transposed_(K, K),
        offsets_(transposed_.count() * panels::width, -std::numeric_limits<double>::infinity()) {
    for (std::size_t k = 0; k < K; ++k)
      for (std::size_t j = 0; j < K; ++j) transposed_.at(j, k) = theta[k * K + j];
    std::copy_n(theta.data() + K * K, K, offsets_.data());
  }

  /// p becomes the probabilities of the first n rows of z, times their weights, and 0 in the rows beyond; `loss` their
  /// -ln p_y.
  void apply(const panels& z, std::size_t n, const std::int32_t* labels, const double* weights, panels& p,
             double* loss) const {
    std::array<std::int32_t, block> label = {};
    std::array<double, block> weight = {};
    std::copy_n(labels, n, label.data());
    std::copy_n(weights, n, weight.data());
    const simd::kernels& target = simd::active_target();
    p.fill_rows(offsets_);
    for (std::size_t q = 0; q < p.count(); ++q)
      target.add_panel_product(z.as_left(false), transposed_.panel(q), (n + 7) / 8 * 8, K_, p.columns(q), p.panel(q));
    target.softmax_panels(p.data(), block, K_, label.data(), weight.data(), loss);
  }

 private:
  std::size_t K_;
  panels transposed_;  ///< M^T
  std::vector<double> offsets_;
};

}  // namespace calibrant::detail
