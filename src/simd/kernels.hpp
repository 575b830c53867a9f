#pragma once

// Row kernels, compiled once per instruction set and chosen once per process. Plain pointers and sizes, noexcept.
//
// The scalar kernel (scalar_reference.cpp) is the definition. Every other target gives the same bits, because
//  - no multiplication is fused into an addition (-ffp-contract=off, no MulAdd),
//  - a sum over the K entries of a row always runs in `sum_lanes` lanes: entry j goes to lane j mod 8, lanes start at
//    +0.0, entries arrive in increasing j, and the lanes are added as ((0+4)+(2+6)) + ((1+5)+(3+7)),
//  - sums of which seven digits suffice (total, cubes, entropy, squared surprise of probabilities) run in float32
//  blocks,
//  - log and exp are our own polynomials, evaluated in one fixed order,
//  - sums over rows are exact integers, so their order does not matter.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <calibrant/core/float16.hpp>
#include <calibrant/core/row_summaries.hpp>

namespace calibrant::simd {

inline constexpr std::size_t sum_lanes = 8;
/// Entries of a row whose float32 sums are taken together: each block of 64 entries is summed in eight float32 lanes,
/// entry j in lane j mod 8, the lanes are added as above in float32, and the sums of the blocks are added in float64 in
/// increasing order.
inline constexpr std::size_t sum_block = 64;

using calibrant::large_entry;
using calibrant::row_summaries;

/// The operations of one target. T is float, double or float16.
template <class T>
struct row_kernels {
  /// Summaries of n probability rows of K entries. labels[i] in [0, K). Rows that are no probability rows are
  /// summarised without a crash; the caller looks at `total`, `smallest` and `confidence` and drops them.
  void (*summarize_probabilities)(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels,
                                  const row_summaries& out) noexcept;
  /// Softmax of n logit rows into p (n x K, contiguous, 64-byte aligned base), and their summaries.
  void (*softmax)(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels, double* p,
                  const row_summaries& out) noexcept;
  /// Adds, per column k, the n rows' p_k and p_k^2, each rounded to a multiple of 2^-51, as integers in that unit:
  /// totals[k] += sum_i q(p_ik), squares[k] += sum_i q(p_ik^2). Writes the entries >= threshold in row order, then
  /// column order inside a row, and returns how many. Entries are in [0, 1]. `entries` has room for n * min(K,
  /// floor(1.02 / threshold) + 1). Every row sums to at most 1.02. n <= 2048 rows between two flushes of totals and
  /// squares.
  std::size_t (*accumulate_columns)(const T* const* rows, std::size_t n, std::size_t K, double threshold,
                                    std::int64_t* totals, std::int64_t* squares, large_entry* entries) noexcept;
};

struct kernels {
  std::string_view name;  ///< "scalar", "sse4", "avx2", "avx512"
  row_kernels<float> f32;
  row_kernels<double> f64;
  row_kernels<float16> f16;
  /// sum_i (bits(x_i + magic) - bits(magic)): the exact integer sum of x_i rounded to the last place of `magic`.
  std::int64_t (*exact_sum)(const double* x, std::size_t n, double magic) noexcept;

  template <class T>
  [[nodiscard]] const row_kernels<T>& rows() const noexcept;
};

template <>
inline const row_kernels<float>& kernels::rows<float>() const noexcept {
  return f32;
}
template <>
inline const row_kernels<double>& kernels::rows<double>() const noexcept {
  return f64;
}
template <>
inline const row_kernels<float16>& kernels::rows<float16>() const noexcept {
  return f16;
}

/// Targets compiled in and runnable on this processor, best first; "scalar" is always last.
[[nodiscard]] std::span<const kernels* const> available_targets() noexcept;

/// The target in use: the best one, unless `force_target` chose another.
[[nodiscard]] const kernels& active_target() noexcept;

/// Chooses a target by name for the whole process. Throws calibrant::error (unsupported) naming the available ones.
void force_target(std::string_view name);

}  // namespace calibrant::simd
