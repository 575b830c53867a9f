// Adding rows to a table of cells with equal-width bins.

#if defined(CALIBRANT_SIMD_CELLS_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef CALIBRANT_SIMD_CELLS_INL_HPP
#undef CALIBRANT_SIMD_CELLS_INL_HPP
#else
#define CALIBRANT_SIMD_CELLS_INL_HPP
#endif

#include <algorithm>
#include <bit>

#include "simd/kernels.hpp"
#include "simd/kernels/pack-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace calibrant::simd::HWY_NAMESPACE {

inline constexpr std::uint64_t magic_bits = std::bit_cast<std::uint64_t>(2.0);

HWY_INLINE std::uint64_t grid_steps(double x, double magic) noexcept {
  return std::bit_cast<std::uint64_t>(x + magic) - std::bit_cast<std::uint64_t>(magic);
}

/// floor for numbers in [0, 2^31).
HWY_INLINE oct64 whole_part(const oct64& x) noexcept {
  oct64 c;
  CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < oct64::parts; ++i) c.part[i] = hn::Floor(x.part[i]);
  return c;
}

/// Adds eight numbers at a time to a K x B table of cells. floor(p B) is at most one off; the edges j (1/B) decide the
/// bin, and the last bin is closed.
class cell_adder {
 public:
  HWY_INLINE cell_adder(std::size_t bins, pending_cell* cells) noexcept
      : bins_(broadcast(static_cast<double>(bins))),
        last_(broadcast(static_cast<double>(bins - 1))),
        width_(broadcast(1.0 / static_cast<double>(bins))),
        cells_(cells) {}

  /// The first `count` of eight numbers p of class `column`. `counts` goes to the counts; value and square are added
  /// where `row` has all bits set, the product where `hit` has, and nothing where they are 0.
  HWY_INLINE void add(const oct64& p, const oct64& column, const oct<std::int64_t>& counts,
                      const oct<std::int64_t>& row, const oct<std::int64_t>& hit, std::size_t count) const noexcept {
    const oct64 one = broadcast(1.0);
    const oct64 guess = lesser_of(whole_part(p * bins_), last_);
    const oct64 up = keep(p >= (guess + one) * width_, one);
    const oct64 down = keep(guess * width_ > p, one);
    const oct64 bin = lesser_of(guess + up - down, last_);
    alignas(64) std::int32_t place[8];
    store(to_integer32(column * bins_ + bin), place);

    const oct64 magic = broadcast(2.0);
    const auto base = broadcast(static_cast<std::int64_t>(magic_bits));
    const auto value = reinterpret<std::int64_t>(p + magic) - base;
    const auto square = reinterpret<std::int64_t>(p * p + magic) - base;
    alignas(64) std::int64_t terms[8 * 4];
    constexpr oct<std::int64_t>::tag d;
    CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < oct<std::int64_t>::parts; ++i) {
      hn::StoreInterleaved4(counts.part[i], (value & row).part[i], (square & row).part[i], (value & hit).part[i], d,
                            terms + 4 * i * oct<std::int64_t>::lanes);
    }
    if (count == 8) {
      CALIBRANT_PACK_UNROLL for (std::size_t r = 0; r < 8; ++r) add_terms(terms + 4 * r, place[r]);
    } else {
      for (std::size_t r = 0; r < count; ++r) add_terms(terms + 4 * r, place[r]);
    }
  }

 private:
  HWY_INLINE void add_terms(const std::int64_t* terms, std::int32_t place) const noexcept {
    static_assert(sizeof(pending_cell) == 4 * sizeof(std::int64_t));
    auto* const sums = reinterpret_cast<std::int64_t*>(cells_ + place);
    store(load<4>(sums) + load<4>(terms), sums);
  }

  oct64 bins_;
  oct64 last_;
  oct64 width_;
  pending_cell* cells_;
};

/// Calls add(p, column, other, count) for n numbers, eight at a time; a last incomplete group is padded.
template <class Add>
HWY_INLINE void for_each_eight(const double* p, const std::int32_t* column, const std::int32_t* other, std::size_t n,
                               const Add& add) noexcept {
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) add(load(p + i), load(column + i), load(other + i), std::size_t{8});
  if (i == n) return;
  alignas(64) double last_p[8] = {};
  alignas(64) std::int32_t last_column[8] = {};
  alignas(64) std::int32_t last_other[8] = {};
  std::copy(p + i, p + n, last_p);
  std::copy(column + i, column + n, last_column);
  std::copy(other + i, other + n, last_other);
  add(load(last_p), load(last_column), load(last_other), n - i);
}

inline void accumulate_top_labels(const double* c, const std::int32_t* prediction, const std::int32_t* label,
                                  std::size_t n, std::size_t bins, pending_cell* cells) noexcept {
  const cell_adder adder(bins, cells);
  for_each_eight(c, prediction, label, n,
                 [&](const oct64& p, const oct<std::int32_t>& k, const oct<std::int32_t>& y, std::size_t count)
                     HWY_ATTR {
                       const oct64 column = widen(k);
                       const auto every = broadcast(std::int64_t{-1});
                       const auto hit = reinterpret<std::int64_t>(keep(column == widen(y), reinterpret<double>(every)));
                       const auto counts = (hit & pending_cell::one_hit) + pending_cell::one_row;
                       adder.add(p, column, counts, every, hit, count);
                     });
}

inline void accumulate_labels(const double* p, const std::int32_t* label, std::size_t n, std::size_t bins,
                              pending_cell* cells) noexcept {
  const cell_adder adder(bins, cells);
  for_each_eight(p, label, label, n,
                 [&](const oct64& q, const oct<std::int32_t>& y, const oct<std::int32_t>&, std::size_t count) HWY_ATTR {
                   adder.add(q, widen(y), broadcast(pending_cell::one_hit), broadcast(std::int64_t{0}),
                             broadcast(std::int64_t{-1}), count);
                 });
}

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
