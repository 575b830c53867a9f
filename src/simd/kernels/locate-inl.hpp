// Where numbers fall in a table of cells with equal-width bins, and what they add there.

#if defined(CALIBRANT_SIMD_LOCATE_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef CALIBRANT_SIMD_LOCATE_INL_HPP
#undef CALIBRANT_SIMD_LOCATE_INL_HPP
#else
#define CALIBRANT_SIMD_LOCATE_INL_HPP
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

/// Bins of eight numbers at a time. floor(p B) is at most one off; the edges j (1/B) decide, and the last bin is
/// closed.
class cell_locator {
 public:
  explicit HWY_INLINE cell_locator(std::size_t bins) noexcept
      : bins_(broadcast(static_cast<double>(bins))),
        last_(broadcast(static_cast<double>(bins - 1))),
        width_(broadcast(1.0 / static_cast<double>(bins))) {}

  HWY_INLINE void write(const oct64& p, const oct64& column, std::size_t at, const cell_entries& to) const noexcept {
    const oct64 one = broadcast(1.0);
    const oct64 guess = lesser_of(whole_part(p * bins_), last_);
    const oct64 up = keep(p >= (guess + one) * width_, one);
    const oct64 down = keep(guess * width_ > p, one);
    const oct64 bin = lesser_of(guess + up - down, last_);
    store(to_integer32(column * bins_ + bin), to.cell + at);
    const oct64 magic = broadcast(2.0);
    const auto base = broadcast(static_cast<std::int64_t>(magic_bits));
    store(reinterpret<std::int64_t>(p + magic) - base, to.value + at);
    store(reinterpret<std::int64_t>(p * p + magic) - base, to.squares + at);
  }

 private:
  oct64 bins_;
  oct64 last_;
  oct64 width_;
};

inline void locate(const double* p, const std::int32_t* column, std::size_t n, std::size_t bins,
                   const cell_entries& out) noexcept {
  const cell_locator locator(bins);
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) locator.write(load(p + i), widen(load(column + i)), i, out);
  if (i == n) return;
  alignas(64) double last_p[8] = {};
  alignas(64) std::int32_t last_column[8] = {};
  std::copy(p + i, p + n, last_p);
  std::copy(column + i, column + n, last_column);
  locator.write(load(last_p), widen(load(last_column)), i, out);
}

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
