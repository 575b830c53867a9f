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

/// The last K mod 16 entries of a row of at least sixteen. Made at the end of a walk along the row, which has asked for
/// their memory by then; at its start the walk would wait for them.
template <class T>
struct row_tail {
  pack<native<T>, 16> overlapping;  ///< the last sixteen entries
  pack<native<T>, 16> padded;       ///< the entries after the last multiple of sixteen, then the padding

  HWY_INLINE row_tail(const T* row, std::size_t K, native<T> padding) noexcept
      : overlapping(load_scores<16>(row + (K - 16))) {
    alignas(64) native<T> buffer[32];
    store(overlapping, buffer);
    store(broadcast<16>(padding), buffer + 16);
    padded = load<16>(buffer + 16 - K % 16);
  }
};

/// Maximum, its lowest index and minimum of one row of at least sixteen. Per lane the maximum and the first block of
/// `sum_block` entries that reached it are kept; the block of the row's maximum is searched at the end, so that the
/// inner loop pays for a maximum alone. Blocks are added in order: add, ..., end_block, and end_row at the end.
template <class T>
class row_extremes {
  using N = native<T>;
  using lanes = pack<N, 16>;

 public:
  HWY_INLINE row_extremes(const T* row, std::size_t K) noexcept
      : row_(row),
        K_(K),
        running_(broadcast<16>(lowest)),
        largest_(broadcast<16>(lowest)),
        block_(broadcast<16>(N{0})),
        smallest_(broadcast<16>(-lowest)) {}

  HWY_INLINE void add(const lanes& x) noexcept {
    running_ = greater_of(x, running_);
    smallest_ = lesser_of(x, smallest_);
  }
  /// `begin`: where the block of the entries added since the last call starts.
  HWY_INLINE void end_block(std::size_t begin) noexcept {
    block_ = select(running_ > largest_, broadcast<16>(static_cast<N>(begin / sum_block)), block_);
    largest_ = running_;
  }
  HWY_INLINE void end_row(const row_tail<T>& tail) noexcept {
    add(tail.overlapping);
    end_block(K_ - 1 - (K_ - 1) % sum_block);
  }
  HWY_INLINE row_tail<T> scan(N padding) noexcept {
    const std::size_t whole = K_ - K_ % 16;
    for (std::size_t begin = 0; begin < whole; begin += sum_block) {
      const std::size_t end = std::min(begin + sum_block, whole);
      for (std::size_t j = begin; j < end; j += 16) {
        prefetch_ahead(row_ + j, 16 * sizeof(T));
        add(load_scores<16>(row_ + j));
      }
      end_block(begin);
    }
    const row_tail<T> tail(row_, K_, padding);
    end_row(tail);
    return tail;
  }

  HWY_INLINE void finish(double& confidence, std::int32_t& prediction, double& smallest) const noexcept {
    // No lane is NaN: a comparison with it never lets it in.
    const N maximum = greatest_lane(largest_);
    const N minimum = least_lane(smallest_);
    const lanes beyond = broadcast<16>(std::numeric_limits<N>::max());
    const N first = least_lane(select(largest_ == broadcast<16>(maximum), block_, beyond));
    const bool found = maximum > lowest;
    const std::size_t index = found ? first_equal(static_cast<std::size_t>(first) * sum_block, maximum) : 0;
    // The maximum may be a zero of the other sign; the entry itself is the answer.
    confidence = found ? to_double(row_[index]) : static_cast<double>(lowest);
    prediction = static_cast<std::int32_t>(index);
    smallest = static_cast<double>(minimum) + 0.0;  // -0 becomes +0
  }

 private:
  static constexpr N lowest = -std::numeric_limits<N>::infinity();

  /// The entry is known to exist from `begin` on.
  HWY_INLINE std::size_t first_equal(std::size_t begin, N maximum) const noexcept {
    const lanes wanted = broadcast<16>(maximum);
    for (std::size_t j = begin; j + 16 <= K_; j += 16) {
      const std::uint32_t found = bits_of(load_scores<16>(row_ + j) == wanted);
      if (found != 0) return j + static_cast<std::size_t>(std::countr_zero(found));
    }
    const std::uint32_t found = bits_of(load_scores<16>(row_ + K_ - 16) == wanted);
    return K_ - 16 + static_cast<std::size_t>(std::countr_zero(found));
  }

  const T* row_;
  std::size_t K_;
  lanes running_;
  lanes largest_;
  lanes block_;
  lanes smallest_;
};

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
