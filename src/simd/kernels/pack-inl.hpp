// Eight numbers (an oct) or a multiple at a time, whatever the register width: sums of a row run in eight lanes. Wider
// packs let independent chains of operations overlap. Included once per target by kernels/*.cpp; no include guard of
// the usual kind.

#if defined(CALIBRANT_SIMD_PACK_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef CALIBRANT_SIMD_PACK_INL_HPP
#undef CALIBRANT_SIMD_PACK_INL_HPP
#else
#define CALIBRANT_SIMD_PACK_INL_HPP
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <calibrant/core/float16.hpp>

HWY_BEFORE_NAMESPACE();
namespace calibrant::simd::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// n numbers in as few registers as the target needs; n is a multiple of eight, or the count of one register.
template <class T, std::size_t n>
struct pack {
  using tag = hn::CappedTag<T, n>;
  static constexpr std::size_t lanes = hn::MaxLanes(tag());
  static constexpr std::size_t parts = n / lanes;
  hn::Vec<tag> part[parts];
};
template <class T>
using oct = pack<T, 8>;
using oct32 = oct<float>;
using oct64 = oct<double>;
using register64 = pack<double, oct64::lanes>;  ///< one register of float64

/// One bit pattern per lane: which lanes a comparison selected.
template <class T, std::size_t n>
struct pack_mask {
  hn::Mask<typename pack<T, n>::tag> part[pack<T, n>::parts];
};

// Applies an operation register by register. The count is a constant, so the loop disappears.
#define CALIBRANT_PACK_UNROLL _Pragma("GCC unroll 16")
#define CALIBRANT_PACK_BINARY(name, expression)                                                           \
  template <class T, std::size_t n>                                                                       \
  HWY_INLINE pack<T, n> name(const pack<T, n>& a, const pack<T, n>& b) noexcept {                         \
    pack<T, n> c;                                                                                         \
    CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < pack<T, n>::parts; ++i) { c.part[i] = expression; } \
    return c;                                                                                             \
  }
CALIBRANT_PACK_BINARY(operator+, hn::Add(a.part[i], b.part[i]))
CALIBRANT_PACK_BINARY(operator-, hn::Sub(a.part[i], b.part[i]))
CALIBRANT_PACK_BINARY(operator*, hn::Mul(a.part[i], b.part[i]))
CALIBRANT_PACK_BINARY(operator/, hn::Div(a.part[i], b.part[i]))
CALIBRANT_PACK_BINARY(operator&, hn::And(a.part[i], b.part[i]))
CALIBRANT_PACK_BINARY(operator|, hn::Or(a.part[i], b.part[i]))
/// a > b ? a : b, hence b where a is NaN and where the two are zeros of different sign.
CALIBRANT_PACK_BINARY(greater_of, hn::Max(a.part[i], b.part[i]))
/// a < b ? a : b
CALIBRANT_PACK_BINARY(lesser_of, hn::Min(a.part[i], b.part[i]))
#undef CALIBRANT_PACK_BINARY

#define CALIBRANT_PACK_COMPARE(name, expression)                                                          \
  template <class T, std::size_t n>                                                                       \
  HWY_INLINE pack_mask<T, n> name(const pack<T, n>& a, const pack<T, n>& b) noexcept {                    \
    pack_mask<T, n> c;                                                                                    \
    CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < pack<T, n>::parts; ++i) { c.part[i] = expression; } \
    return c;                                                                                             \
  }
CALIBRANT_PACK_COMPARE(operator>, hn::Gt(a.part[i], b.part[i]))
CALIBRANT_PACK_COMPARE(operator<, hn::Lt(a.part[i], b.part[i]))
CALIBRANT_PACK_COMPARE(operator>=, hn::Ge(a.part[i], b.part[i]))
CALIBRANT_PACK_COMPARE(operator==, hn::Eq(a.part[i], b.part[i]))
#undef CALIBRANT_PACK_COMPARE

/// mask ? yes : no
template <class T, std::size_t n>
HWY_INLINE pack<T, n> select(const pack_mask<T, n>& mask, const pack<T, n>& yes, const pack<T, n>& no) noexcept {
  pack<T, n> c;
  CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < pack<T, n>::parts; ++i) {
    c.part[i] = hn::IfThenElse(mask.part[i], yes.part[i], no.part[i]);
  }
  return c;
}

/// mask ? yes : +0
template <class T, std::size_t n>
HWY_INLINE pack<T, n> keep(const pack_mask<T, n>& mask, const pack<T, n>& yes) noexcept {
  pack<T, n> c;
  CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < pack<T, n>::parts; ++i) {
    c.part[i] = hn::IfThenElseZero(mask.part[i], yes.part[i]);
  }
  return c;
}

/// mask ? +0 : no
template <class T, std::size_t n>
HWY_INLINE pack<T, n> drop(const pack_mask<T, n>& mask, const pack<T, n>& no) noexcept {
  pack<T, n> c;
  CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < pack<T, n>::parts; ++i) {
    c.part[i] = hn::IfThenZeroElse(mask.part[i], no.part[i]);
  }
  return c;
}

/// Whether any lane is selected.
template <class T, std::size_t n>
HWY_INLINE bool any_of(const pack_mask<T, n>& mask) noexcept {
  constexpr typename pack<T, n>::tag d;
  auto any = mask.part[0];
  CALIBRANT_PACK_UNROLL for (std::size_t i = 1; i < pack<T, n>::parts; ++i) any = hn::Or(any, mask.part[i]);
  return !hn::AllFalse(d, any);
}

/// The greatest and the least lane; of zeros of different sign either. No lane is NaN.
template <class T, std::size_t n>
HWY_INLINE T greatest_lane(const pack<T, n>& x) noexcept {
  auto most = x.part[0];
  CALIBRANT_PACK_UNROLL for (std::size_t i = 1; i < pack<T, n>::parts; ++i) most = hn::Max(most, x.part[i]);
  return hn::GetLane(hn::MaxOfLanes(typename pack<T, n>::tag(), most));
}
template <class T, std::size_t n>
HWY_INLINE T least_lane(const pack<T, n>& x) noexcept {
  auto least = x.part[0];
  CALIBRANT_PACK_UNROLL for (std::size_t i = 1; i < pack<T, n>::parts; ++i) least = hn::Min(least, x.part[i]);
  return hn::GetLane(hn::MinOfLanes(typename pack<T, n>::tag(), least));
}

/// Lane j of the mask in bit j.
template <class T, std::size_t n>
HWY_INLINE std::uint32_t bits_of(const pack_mask<T, n>& mask) noexcept {
  std::uint32_t bits = 0;
  CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < pack<T, n>::parts; ++i) {
    std::uint8_t stored[8] = {};
    hn::StoreMaskBits(typename pack<T, n>::tag(), mask.part[i], stored);
    std::uint32_t part = stored[0];
    if constexpr (pack<T, n>::lanes > 8) part |= static_cast<std::uint32_t>(stored[1]) << 8;
    bits |= part << (i * pack<T, n>::lanes);
  }
  return bits;
}

template <std::size_t n = 8, class T>
HWY_INLINE pack<T, n> broadcast(T x) noexcept {
  pack<T, n> c;
  CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < pack<T, n>::parts; ++i) {
    c.part[i] = hn::Set(typename pack<T, n>::tag(), x);
  }
  return c;
}

// A number stands for a pack of equal numbers.
template <class T, std::size_t n>
HWY_INLINE pack<T, n> operator+(const pack<T, n>& a, std::type_identity_t<T> b) noexcept {
  return a + broadcast<n>(b);
}
template <class T, std::size_t n>
HWY_INLINE pack<T, n> operator-(const pack<T, n>& a, std::type_identity_t<T> b) noexcept {
  return a - broadcast<n>(b);
}
template <class T, std::size_t n>
HWY_INLINE pack<T, n> operator*(const pack<T, n>& a, std::type_identity_t<T> b) noexcept {
  return a * broadcast<n>(b);
}
template <class T, std::size_t n>
HWY_INLINE pack<T, n> operator&(const pack<T, n>& a, std::type_identity_t<T> b) noexcept {
  return a & broadcast<n>(b);
}

#if !HWY_NATIVE_FMA
/// a b + c of float32, rounded once, where the processor has no such operation: the product is exact in float64; the
/// sum is rounded to odd there, so that rounding it again to float32 gives what one rounding would.
template <class D>
HWY_INLINE hn::Vec<D> fused_by_double(D d, hn::Vec<D> a, hn::Vec<D> b, hn::Vec<D> c) noexcept {
  constexpr hn::Half<D> half;
  constexpr hn::Rebind<double, hn::Half<D>> wide;
  constexpr hn::RebindToSigned<decltype(wide)> bits;
  const auto rounded_to_odd = [&](hn::Vec<hn::Half<D>> a2, hn::Vec<hn::Half<D>> b2, hn::Vec<hn::Half<D>> c2) HWY_ATTR {
    const auto product = hn::Mul(hn::PromoteTo(wide, a2), hn::PromoteTo(wide, b2));
    const auto term = hn::PromoteTo(wide, c2);
    const auto sum = hn::Add(product, term);
    const auto term_seen = hn::Sub(sum, product);
    const auto rest = hn::Add(hn::Sub(product, hn::Sub(sum, term_seen)), hn::Sub(term, term_seen));
    const auto zero = hn::Zero(wide);
    const auto inexact = hn::Or(hn::Gt(rest, zero), hn::Lt(rest, zero));
    const auto sum_bits = hn::BitCast(bits, sum);
    const auto even = hn::Eq(hn::And(sum_bits, hn::Set(bits, 1)), hn::Zero(bits));
    // One step away from zero where the rest has the sign of the sum, else one step towards it.
    const auto opposite = hn::Lt(hn::BitCast(bits, hn::Xor(rest, sum)), hn::Zero(bits));
    const auto step = hn::IfThenElse(opposite, hn::Set(bits, -1), hn::Set(bits, 1));
    const auto moved = hn::Add(sum_bits, hn::IfThenElseZero(hn::And(hn::RebindMask(bits, inexact), even), step));
    return hn::DemoteTo(half, hn::BitCast(wide, moved));
  };
  const auto lower = rounded_to_odd(hn::LowerHalf(half, a), hn::LowerHalf(half, b), hn::LowerHalf(half, c));
  const auto upper = rounded_to_odd(hn::UpperHalf(half, a), hn::UpperHalf(half, b), hn::UpperHalf(half, c));
  return hn::Combine(d, upper, lower);
}
#endif

/// a b + c, rounded once. Without native support float64 is rounded twice: see kernels.hpp.
template <class T, std::size_t n>
HWY_INLINE pack<T, n> fused(const pack<T, n>& a, const pack<T, n>& b, const pack<T, n>& c) noexcept {
  pack<T, n> d;
  CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < pack<T, n>::parts; ++i) {
#if !HWY_NATIVE_FMA
    if constexpr (sizeof(T) == 4) {
      d.part[i] = fused_by_double(typename pack<T, n>::tag(), a.part[i], b.part[i], c.part[i]);
      continue;
    }
#endif
    d.part[i] = hn::MulAdd(a.part[i], b.part[i], c.part[i]);
  }
  return d;
}
template <class T, std::size_t n>
HWY_INLINE pack<T, n> fused(const pack<T, n>& a, const pack<T, n>& b, std::type_identity_t<T> c) noexcept {
  return fused(a, b, broadcast<n>(c));
}
template <class T, std::size_t n>
HWY_INLINE pack<T, n> fused(const pack<T, n>& a, std::type_identity_t<T> b, const pack<T, n>& c) noexcept {
  return fused(a, broadcast<n>(b), c);
}

/// n consecutive T from any address.
template <std::size_t n = 8, class T>
HWY_INLINE pack<T, n> load(const T* from) noexcept {
  pack<T, n> c;
  CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < pack<T, n>::parts; ++i) {
    c.part[i] = hn::LoadU(typename pack<T, n>::tag(), from + i * pack<T, n>::lanes);
  }
  return c;
}
template <class T, std::size_t n>
HWY_INLINE void store(const pack<T, n>& a, T* to) noexcept {
  CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < pack<T, n>::parts; ++i) {
    hn::StoreU(a.part[i], typename pack<T, n>::tag(), to + i * pack<T, n>::lanes);
  }
}

/// Entries 0 to 7 and 8 to 15.
template <class T>
HWY_INLINE oct<T> lower_oct(const pack<T, 16>& a) noexcept {
  oct<T> c;
  if constexpr (pack<T, 16>::lanes == 16) {
    c.part[0] = hn::LowerHalf(typename oct<T>::tag(), a.part[0]);
  } else {
    CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < oct<T>::parts; ++i) c.part[i] = a.part[i];
  }
  return c;
}
template <class T>
HWY_INLINE oct<T> upper_oct(const pack<T, 16>& a) noexcept {
  oct<T> c;
  if constexpr (pack<T, 16>::lanes == 16) {
    c.part[0] = hn::UpperHalf(typename oct<T>::tag(), a.part[0]);
  } else {
    CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < oct<T>::parts; ++i) c.part[i] = a.part[oct<T>::parts + i];
  }
  return c;
}

/// The same bits read as numbers of another type of the same size.
template <class To, class From, std::size_t n>
HWY_INLINE pack<To, n> reinterpret(const pack<From, n>& a) noexcept {
  static_assert(sizeof(To) == sizeof(From));
  pack<To, n> c;
  CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < pack<To, n>::parts; ++i) {
    c.part[i] = hn::BitCast(typename pack<To, n>::tag(), a.part[i]);
  }
  return c;
}

template <int count, class T, std::size_t n>
HWY_INLINE pack<T, n> shift_left(const pack<T, n>& a) noexcept {
  pack<T, n> c;
  CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < pack<T, n>::parts; ++i) {
    c.part[i] = hn::ShiftLeft<count>(a.part[i]);
  }
  return c;
}
template <int count, class T, std::size_t n>
HWY_INLINE pack<T, n> shift_right(const pack<T, n>& a) noexcept {
  pack<T, n> c;
  CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < pack<T, n>::parts; ++i) {
    c.part[i] = hn::ShiftRight<count>(a.part[i]);
  }
  return c;
}

template <std::size_t n>
HWY_INLINE pack<float, n> to_float(const pack<std::int32_t, n>& a) noexcept {
  pack<float, n> c;
  CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < pack<float, n>::parts; ++i) {
    c.part[i] = hn::ConvertTo(typename pack<float, n>::tag(), a.part[i]);
  }
  return c;
}
/// Truncates; arguments are whole numbers below 2^31.
HWY_INLINE oct<std::int32_t> to_integer(const oct32& a) noexcept {
  oct<std::int32_t> c;
  CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < oct32::parts; ++i) {
    c.part[i] = hn::ConvertTo(oct<std::int32_t>::tag(), a.part[i]);
  }
  return c;
}

/// float64 whole numbers below 2^31 as int32.
template <class T>
HWY_INLINE oct<std::int32_t> to_integer32(const oct<T>& a) noexcept {
  using integers = oct<std::int32_t>;
  using half = hn::Rebind<std::int32_t, typename oct<T>::tag>;
  integers c;
  CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < integers::parts; ++i) {
    if constexpr (integers::parts == oct<T>::parts) {
      c.part[i] = hn::DemoteTo(half(), a.part[i]);
    } else {
      c.part[i] = hn::Combine(typename integers::tag(), hn::DemoteTo(half(), a.part[2 * i + 1]),
                              hn::DemoteTo(half(), a.part[2 * i]));
    }
  }
  return c;
}

/// float32, float64 or int32 as float64; exact.
template <class T, std::size_t n>
HWY_INLINE pack<double, n> widen(const pack<T, n>& a) noexcept {
  if constexpr (std::is_same_v<T, double>) {
    return a;
  } else {
    using half = hn::Half<typename pack<T, n>::tag>;
    constexpr typename pack<double, n>::tag wide;
    pack<double, n> c;
    CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < pack<T, n>::parts; ++i) {
      if constexpr (pack<T, n>::parts == pack<double, n>::parts) {
        c.part[i] = hn::PromoteTo(wide, a.part[i]);
      } else {
        c.part[2 * i] = hn::PromoteTo(wide, hn::LowerHalf(half(), a.part[i]));
        c.part[2 * i + 1] = hn::PromoteTo(wide, hn::UpperHalf(half(), a.part[i]));
      }
    }
    return c;
  }
}

/// widen(load(from)), without a detour over the upper half of a register.
template <std::size_t n = 8, class T>
HWY_INLINE pack<double, n> load_wide(const T* from) noexcept {
  if constexpr (std::is_same_v<T, double>) {
    return load<n>(from);
  } else {
    constexpr oct64::tag wide;
    constexpr hn::Rebind<T, oct64::tag> same_count;
    pack<double, n> c;
    CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < pack<double, n>::parts; ++i) {
      c.part[i] = hn::PromoteTo(wide, hn::LoadU(same_count, from + i * oct64::lanes));
    }
    return c;
  }
}

/// float32 or float64 as float32; rounds to nearest even.
template <class T, std::size_t n>
HWY_INLINE pack<float, n> narrow(const pack<T, n>& a) noexcept {
  if constexpr (std::is_same_v<T, float>) {
    return a;
  } else {
    using half = hn::Half<typename pack<float, n>::tag>;
    constexpr typename pack<float, n>::tag full;
    pack<float, n> c;
    CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < pack<float, n>::parts; ++i) {
      if constexpr (pack<T, n>::parts == pack<float, n>::parts) {
        c.part[i] = hn::DemoteTo(full, a.part[i]);
      } else {
        c.part[i] = hn::Combine(full, hn::DemoteTo(half(), a.part[2 * i + 1]), hn::DemoteTo(half(), a.part[2 * i]));
      }
    }
    return c;
  }
}

/// The first half of a register plus the second half, until two numbers are left; then their sum.
template <class D>
HWY_INLINE hn::TFromD<D> sum_of_halves(D d, hn::Vec<D> a) noexcept {
  if constexpr (hn::MaxLanes(D()) == 2) {
    return hn::GetLane(a) + hn::GetLane(hn::Reverse(d, a));
  } else {
    constexpr hn::Half<D> half;
    return sum_of_halves(half, hn::Add(hn::LowerHalf(half, a), hn::UpperHalf(half, a)));
  }
}

/// ((0+4)+(2+6)) + ((1+5)+(3+7)): the order in which every target adds the lanes of a row.
template <class T>
HWY_INLINE T sum_of_lanes(const oct<T>& a) noexcept {
  constexpr typename oct<T>::tag d;
  if constexpr (oct<T>::parts == 1) {
    return sum_of_halves(d, a.part[0]);
  } else if constexpr (oct<T>::parts == 2) {
    return sum_of_halves(d, hn::Add(a.part[0], a.part[1]));
  } else {
    return sum_of_halves(d, hn::Add(hn::Add(a.part[0], a.part[2]), hn::Add(a.part[1], a.part[3])));
  }
}

/// The same of sixteen lanes: j and j + 8 are joined first.
HWY_INLINE float sum_of_block(const pack<float, 16>& a) noexcept { return sum_of_lanes(lower_oct(a) + upper_oct(a)); }

/// sum + p^2. A float32 has an exact square in float64, so one rounding is as good as two; a float64 has not, and is
/// rounded twice as everywhere else. N is the type from which p was widened.
template <class N, std::size_t n>
HWY_INLINE pack<double, n> plus_square(const pack<double, n>& sum, const pack<double, n>& p) noexcept {
  if constexpr (std::is_same_v<N, double>) {
    return p * p + sum;
  } else {
    return fused(p, p, sum);
  }
}

template <class T>
HWY_INLINE T first_lane(const oct<T>& a) noexcept {
  return hn::GetLane(a.part[0]);
}

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
