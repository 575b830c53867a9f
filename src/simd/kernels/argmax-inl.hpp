// The largest entry of a row and the lowest index at which it stands, per tile of eight rows and along one row.
// NaN is passed over; where nothing exceeds -infinity the index is 0.

#if defined(CALIBRANT_SIMD_ARGMAX_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef CALIBRANT_SIMD_ARGMAX_INL_HPP
#undef CALIBRANT_SIMD_ARGMAX_INL_HPP
#else
#define CALIBRANT_SIMD_ARGMAX_INL_HPP
#endif

#include <algorithm>
#include <bit>
#include <limits>

#include "simd/kernels/rows-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace calibrant::simd::HWY_NAMESPACE {

inline constexpr std::size_t argmax_block = 64;  ///< entries searched at the end for the index; one bit each

HWY_INLINE void store_prediction(const oct32& index, std::int32_t* to) noexcept { store(to_integer(index), to); }
HWY_INLINE void store_prediction(const oct64& index, std::int32_t* to) noexcept {
  store(to_integer(narrow(index)), to);
}

/// Columns of a tile in increasing order, one row per lane. Indices are small whole numbers held as N.
template <class N>
struct tile_argmax {
  oct<N> largest;
  oct<N> index;

  HWY_INLINE tile_argmax() noexcept : largest(broadcast(-std::numeric_limits<N>::infinity())), index(broadcast(N{0})) {}
  HWY_INLINE void add(const oct<N>& x, std::size_t k) noexcept {
    index = select(x > largest, broadcast(static_cast<N>(k)), index);
    largest = greater_of(x, largest);
  }
  HWY_INLINE void store(double* confidence, std::int32_t* prediction) const noexcept {
    HWY_NAMESPACE::store(widen(largest), confidence);
    store_prediction(index, prediction);
  }
};

/// The last K mod 8 entries of a row of at least eight.
template <class T>
struct row_tail {
  oct<native<T>> overlapping;  ///< the last eight entries
  oct<native<T>> padded;       ///< the entries after the last multiple of eight, then the padding

  HWY_INLINE row_tail(const T* row, std::size_t K, native<T> padding) noexcept
      : overlapping(load_scores(row + (K - 8))) {
    alignas(64) native<T> buffer[16];
    store(overlapping, buffer);
    store(broadcast(padding), buffer + 8);
    padded = load(buffer + 8 - K % 8);
  }
};

/// Maximum, its lowest index and minimum of one row. Per lane the maximum and the first block that reached it are kept;
/// the block of the row's maximum is searched at the end, so that the inner loop pays for a maximum alone.
template <class T>
class row_extremes {
  using N = native<T>;

 public:
  HWY_INLINE row_extremes(const T* row, std::size_t K) noexcept
      : row_(row), K_(K), largest_(broadcast(lowest)), block_(broadcast(N{0})), smallest_(broadcast(-lowest)) {}

  HWY_INLINE void scan(const row_tail<T>& tail) noexcept {
    const std::size_t whole = K_ - K_ % 8;
    oct<N> largest = largest_;
    for (std::size_t begin = 0; begin < whole; begin += argmax_block) {
      const std::size_t end = std::min(begin + argmax_block, whole);
      for (std::size_t j = begin; j < end; j += 8) {
        const oct<N> x = load_scores(row_ + j);
        largest = greater_of(x, largest);
        smallest_ = lesser_of(x, smallest_);
      }
      end_block(begin, largest);
    }
    largest = greater_of(tail.overlapping, largest);
    smallest_ = lesser_of(tail.overlapping, smallest_);
    end_block(K_ - 1 - (K_ - 1) % argmax_block, largest);
  }

  HWY_INLINE void finish(double& confidence, std::int32_t& prediction, double& smallest) const noexcept {
    alignas(64) N largest[8];
    alignas(64) N block[8];
    alignas(64) N least[8];
    store(largest_, largest);
    store(block_, block);
    store(smallest_, least);
    N maximum = largest[0];
    N minimum = least[0];
    for (std::size_t j = 1; j < 8; ++j) {
      maximum = largest[j] > maximum ? largest[j] : maximum;
      minimum = least[j] < minimum ? least[j] : minimum;
    }
    N first = std::numeric_limits<N>::max();
    for (std::size_t j = 0; j < 8; ++j) first = (largest[j] == maximum && block[j] < first) ? block[j] : first;
    const bool found = maximum > lowest;
    const std::size_t index = found ? first_equal(static_cast<std::size_t>(first) * argmax_block, maximum) : 0;
    // The maximum may be a zero of the other sign; the entry itself is the answer.
    confidence = found ? to_double(row_[index]) : static_cast<double>(lowest);
    prediction = static_cast<std::int32_t>(index);
    smallest = static_cast<double>(minimum) + 0.0;  // -0 becomes +0
  }

 private:
  static constexpr N lowest = -std::numeric_limits<N>::infinity();

  /// `largest`: running maximum up to the end of the block of entries that starts at `begin`.
  HWY_INLINE void end_block(std::size_t begin, const oct<N>& largest) noexcept {
    block_ = select(largest > largest_, broadcast(static_cast<N>(begin / argmax_block)), block_);
    largest_ = largest;
  }

  HWY_INLINE std::size_t first_equal(std::size_t begin, N maximum) const noexcept {
    const std::size_t end = std::min(begin + argmax_block, K_);
    const oct<N> wanted = broadcast(maximum);
    std::uint64_t found = 0;
    std::size_t j = begin;
    for (; j + 8 <= end; j += 8) {
      found |= std::uint64_t{bits_of(load_scores(row_ + j) == wanted)} << (j - begin);
    }
    for (; j < end; ++j) {
      found |= std::uint64_t{to_double(row_[j]) == static_cast<double>(maximum)} << (j - begin);
    }
    return begin + static_cast<std::size_t>(std::countr_zero(found));
  }

  const T* row_;
  std::size_t K_;
  oct<N> largest_;
  oct<N> block_;
  oct<N> smallest_;
};

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
