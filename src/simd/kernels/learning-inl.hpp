// What linear calibrators learn with: operation by operation the functions of scalar_learning.hpp.

#if defined(CALIBRANT_SIMD_LEARNING_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef CALIBRANT_SIMD_LEARNING_INL_HPP
#undef CALIBRANT_SIMD_LEARNING_INL_HPP
#else
#define CALIBRANT_SIMD_LEARNING_INL_HPP
#endif

#include <algorithm>
#include <limits>

#include "simd/kernels.hpp"
#include "simd/kernels/math-inl.hpp"
#include "simd/kernels/rows-inl.hpp"
#include "simd/scalar_learning.hpp"

HWY_BEFORE_NAMESPACE();
namespace calibrant::simd::HWY_NAMESPACE {

/// Eight scores as float64, of which `count` are there; the others become 0.
template <class T>
HWY_INLINE oct64 load_some(const T* from, std::size_t count) noexcept {
  T padded[8] = {};
  std::copy_n(from, count, padded);
  return load_wide_scores<8>(padded);
}

/// `count` rows at once, so that their chains of operations overlap and the sums over rows are stored once.
template <std::size_t count, class T>
HWY_INLINE void add_vector_block(const T* const* rows, std::size_t K, const std::int32_t* labels, const double* weights,
                                 double* loss, const vector_sums& out) noexcept {
  const std::size_t padded = padded_columns(K);
  const std::size_t whole = K - K % 8;
  oct64 tops[count];
  oct64 sums[count];
  double scales[count];
  for (std::size_t i = 0; i < count; ++i) {
    tops[i] = broadcast(-std::numeric_limits<double>::infinity());
    sums[i] = broadcast(0.0);
  }
  const auto for_each_oct = [&](const auto& work) HWY_ATTR {
    for (std::size_t k = 0; k < whole; k += 8)
      work(k, [&](std::size_t i) HWY_ATTR { return load_wide_scores<8>(rows[i] + k); });
    if (whole < K) work(whole, [&](std::size_t i) HWY_ATTR { return load_some(rows[i] + whole, K - whole); });
  };
  for_each_oct([&](std::size_t k, const auto& scores) HWY_ATTR {
    const oct64 slope = load(out.slopes + k);
    const oct64 offset = load(out.offsets + k);
    CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < count; ++i) {
      const oct64 x = scores(i) * slope + offset;
      store(x, out.memory + i * padded + k);
      tops[i] = greater_of(x, tops[i]);
    }
  });
  double label_scores[count];
  for (std::size_t i = 0; i < count; ++i) {
    const double top = greatest_lane(tops[i]);
    label_scores[i] = out.memory[i * padded + static_cast<std::size_t>(labels[i])] - top;
    tops[i] = broadcast(top);
  }
  for (std::size_t k = 0; k < padded; k += 8) {
    CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < count; ++i) {
      double* const at = out.memory + i * padded + k;
      const oct64 e = exp_f64(load(at) - tops[i]);
      store(e, at);
      sums[i] = sums[i] + e;
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    const double sum = sum_of_lanes(sums[i]);
    loss[i] = first_lane(log_f64(broadcast(sum))) - label_scores[i];
    scales[i] = weights[i] / sum;
  }
  for_each_oct([&](std::size_t k, const auto& scores) HWY_ATTR {
    oct64 total = load(out.p + k);
    oct64 product = load(out.p_score + k);
    CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < count; ++i) {
      const oct64 p = load(out.memory + i * padded + k) * scales[i];
      total = total + p;
      product = fused(p, scores(i), product);
    }
    store(total, out.p + k);
    store(product, out.p_score + k);
  });
}

template <class T>
void add_vector_rows(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels,
                     const double* weights, const vector_sums& out) noexcept {
  std::size_t i = 0;
  for (; i + rows_at_once <= n; i += rows_at_once)
    add_vector_block<rows_at_once>(rows + i, K, labels + i, weights + i, out.loss + i, out);
  for (; i < n; ++i) add_vector_block<1>(rows + i, K, labels + i, weights + i, out.loss + i, out);
}

/// scalar::add_vector_block_single
template <std::size_t count>
HWY_INLINE void add_vector_block_single(const float* const* rows, std::size_t K, const std::int32_t* labels,
                                        const double* weights, double* loss, const single_vector_sums& out) noexcept {
  using lanes = pack<float, single_lanes>;
  const std::size_t padded = single_columns(K);
  const std::size_t whole = K - K % single_lanes;
  lanes tops[count];
  lanes sums[count];
  for (std::size_t i = 0; i < count; ++i) {
    tops[i] = broadcast<single_lanes>(-std::numeric_limits<float>::infinity());
    sums[i] = broadcast<single_lanes>(0.0F);
  }
  const auto for_each_part = [&](const auto& work) HWY_ATTR {
    for (std::size_t k = 0; k < whole; k += single_lanes)
      work(k, [&](std::size_t i) HWY_ATTR { return load<single_lanes>(rows[i] + k); });
    if (whole == K) return;
    float rest[count][single_lanes] = {};
    for (std::size_t i = 0; i < count; ++i) std::copy_n(rows[i] + whole, K - whole, rest[i]);
    work(whole, [&](std::size_t i) HWY_ATTR { return load<single_lanes>(rest[i]); });
  };
  for_each_part([&](std::size_t k, const auto& scores) HWY_ATTR {
    const lanes slope = load<single_lanes>(out.slopes + k);
    const lanes offset = load<single_lanes>(out.offsets + k);
    CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < count; ++i) {
      const lanes x = fused(scores(i), slope, offset);
      store(x, out.memory + i * padded + k);
      tops[i] = greater_of(x, tops[i]);
    }
  });
  float label_scores[count];
  for (std::size_t i = 0; i < count; ++i) {
    const float top = greatest_lane(tops[i]);
    label_scores[i] = out.memory[i * padded + static_cast<std::size_t>(labels[i])] - top;
    tops[i] = broadcast<single_lanes>(top);
  }
  for (std::size_t k = 0; k < padded; k += single_lanes) {
    CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < count; ++i) {
      float* const at = out.memory + i * padded + k;
      const lanes e = exp_f32(load<single_lanes>(at) - tops[i]);
      store(e, at);
      sums[i] = sums[i] + e;
    }
  }
  float scales[count];
  for (std::size_t i = 0; i < count; ++i) {
    const auto sum = static_cast<double>(sum_of_block(sums[i]));
    loss[i] = first_lane(log_f64(broadcast(sum))) - static_cast<double>(label_scores[i]);
    scales[i] = static_cast<float>(weights[i] / sum);
  }
  for_each_part([&](std::size_t k, const auto& scores) HWY_ATTR {
    lanes total = broadcast<single_lanes>(0.0F);
    lanes product = total;
    CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < count; ++i) {
      const lanes p = load<single_lanes>(out.memory + i * padded + k) * scales[i];
      total = total + p;
      product = fused(p, scores(i), product);
    }
    store(load<single_lanes>(out.p + k) + widen(total), out.p + k);
    store(load<single_lanes>(out.p_score + k) + widen(product), out.p_score + k);
  });
}

inline void add_vector_rows_single(const float* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels,
                                   const double* weights, const single_vector_sums& out) noexcept {
  std::size_t i = 0;
  for (; i + rows_at_once <= n; i += rows_at_once)
    add_vector_block_single<rows_at_once>(rows + i, K, labels + i, weights + i, out.loss + i, out);
  for (; i < n; ++i) add_vector_block_single<1>(rows + i, K, labels + i, weights + i, out.loss + i, out);
}

/// Where the terms of a product stand: inner index j of the tile's row r at panel (j / per_panel).
struct tile_factor {
  const double* first;
  std::size_t row;        ///< numbers from row to row
  std::size_t step;       ///< from one inner index to the next
  std::size_t panel;      ///< from panel to panel
  std::size_t per_panel;  ///< inner indices of a panel
};

/// count x (width registers) of c stay in registers while all inner indices go by.
template <std::size_t count, std::size_t width>
HWY_INLINE void add_tile(const tile_factor& a, const double* b, std::size_t inner, double* c) noexcept {
  constexpr oct64::tag d;
  constexpr std::size_t lanes = oct64::lanes;
  hn::Vec<oct64::tag> sum[count][width];
  CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < count; ++i) {
    CALIBRANT_PACK_UNROLL for (std::size_t w = 0; w < width; ++w) {
      sum[i][w] = hn::LoadU(d, c + i * panel_columns + w * lanes);
    }
  }
  const double* panel = a.first;
  for (std::size_t j = 0; j < inner; panel += a.panel) {
    const std::size_t end = std::min(j + a.per_panel, inner);
    for (const double* from = panel; j < end; ++j, from += a.step, b += panel_columns) {
      hn::Vec<oct64::tag> right[width];
      CALIBRANT_PACK_UNROLL for (std::size_t w = 0; w < width; ++w) right[w] = hn::LoadU(d, b + w * lanes);
      CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < count; ++i) {
        const auto left = hn::Set(d, from[i * a.row]);
        CALIBRANT_PACK_UNROLL for (std::size_t w = 0; w < width; ++w) {
          sum[i][w] = hn::MulAdd(left, right[w], sum[i][w]);
        }
      }
    }
  }
  CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < count; ++i) {
    CALIBRANT_PACK_UNROLL for (std::size_t w = 0; w < width; ++w) {
      hn::StoreU(sum[i][w], d, c + i * panel_columns + w * lanes);
    }
  }
}

inline void add_panel_product(const left_factor& a, const double* b, std::size_t rows, std::size_t inner,
                              std::size_t columns, double* c) noexcept {
  constexpr std::size_t lanes = oct64::lanes;
  constexpr std::size_t count = lanes == 8 ? 8 : 4;  // as many sums as there are registers for
  const std::size_t registers = padded_columns(columns) / lanes;
  for (std::size_t i = 0; i < rows; i += count) {
    const tile_factor tile =
        a.transposed
            ? tile_factor{a.first + i / panel_columns * a.panel + i % panel_columns, 1, panel_columns, 0, inner}
            : tile_factor{a.first + i * panel_columns, panel_columns, 1, a.panel, panel_columns};
    double* const to = c + i * panel_columns;
    std::size_t w = 0;
    for (; w + 3 <= registers; w += 3) add_tile<count, 3>(tile, b + w * lanes, inner, to + w * lanes);
    if (registers - w == 2) add_tile<count, 2>(tile, b + w * lanes, inner, to + w * lanes);
    if (registers - w == 1) add_tile<count, 1>(tile, b + w * lanes, inner, to + w * lanes);
  }
}

inline void softmax_panels(double* x, std::size_t n, std::size_t K, const std::int32_t* labels, const double* weights,
                           double* loss) noexcept {
  const std::size_t padded = padded_columns(K);
  for (std::size_t i = 0; i < n; ++i) {
    const auto for_each_oct = [&](const auto& work) HWY_ATTR {
      double* panel = x + i * panel_columns;
      for (std::size_t k = 0; k < padded; k += panel_columns, panel += n * panel_columns)
        for (std::size_t j = 0; j < std::min(panel_columns, padded - k); j += 8) work(panel + j);
    };
    oct64 tops = broadcast(-std::numeric_limits<double>::infinity());
    for_each_oct([&](const double* at) HWY_ATTR { tops = greater_of(load(at), tops); });
    const double top = greatest_lane(tops);
    const auto y = static_cast<std::size_t>(labels[i]);
    const double label_score = x[(y / panel_columns * n + i) * panel_columns + y % panel_columns] - top;
    oct64 sums = broadcast(0.0);
    for_each_oct([&](double* at) HWY_ATTR {
      const oct64 e = exp_f64(load(at) - top);
      store(e, at);
      sums = sums + e;
    });
    const double sum = sum_of_lanes(sums);
    loss[i] = first_lane(log_f64(broadcast(sum))) - label_score;
    const double scale = weights[i] / sum;
    for_each_oct([&](double* at) HWY_ATTR { store(load(at) * scale, at); });
  }
}

struct logistic_lanes {
  oct64 loss;
  oct64 product;
  oct64 sum[5];

  static HWY_INLINE logistic_lanes empty() noexcept {
    const oct64 zero = broadcast(0.0);
    return {zero, broadcast(1.0), {zero, zero, zero, zero, zero}};
  }
  template <bool weighted>
  HWY_INLINE void add(const oct64& s, const oct64& w, double a, double b) noexcept {
    const oct64 zero = broadcast(0.0);
    const oct64 one = broadcast(1.0);
    const oct64 f = s * a + broadcast(b);
    const oct64 e = exp_f64(lesser_of(f, zero - f));
    const oct64 above = e + one;
    const oct64 inverse = one / above;
    const oct64 other = e * inverse;
    oct64 p = select(f >= zero, inverse, other);
    oct64 spread = other * inverse;
    oct64 hinge = greater_of(f, zero);
    if constexpr (weighted) {
      hinge = (log_f64(above) + hinge) * w;
      p = p * w;
      spread = spread * w;
    } else {
      product = product * above;
    }
    loss = loss + hinge;
    sum[0] = sum[0] + p;
    sum[1] = fused(p, s, sum[1]);
    const oct64 spread_score = spread * s;
    sum[2] = sum[2] + spread;
    sum[3] = sum[3] + spread_score;
    sum[4] = fused(spread_score, s, sum[4]);
  }
};

template <bool weighted>
HWY_INLINE logistic_sums logistic_sums_of(const double* scores, const double* weights, std::size_t n, double a,
                                          double b) noexcept {
  logistic_lanes lanes = logistic_lanes::empty();
  const auto take_logs = [&]() HWY_ATTR {
    lanes.loss = lanes.loss + log_f64(lanes.product);
    lanes.product = broadcast(1.0);
  };
  const oct64 none = broadcast(0.0);
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    if (i % scalar::logistic_rows_at_once == 0 && i > 0) take_logs();
    if constexpr (weighted)
      lanes.add<true>(load(scores + i), load(weights + i), a, b);
    else
      lanes.add<false>(load(scores + i), none, a, b);
  }
  if (i % scalar::logistic_rows_at_once == 0 && i > 0) take_logs();
  logistic_sums total;
  if (i < n) {
    // The lanes of rows that are not there keep what they had.
    logistic_lanes more = lanes;
    more.add<weighted>(load_some(scores + i, n - i), weighted ? load_some(weights + i, n - i) : none, a, b);
    alignas(64) double kept[8];
    alignas(64) double changed[8];
    const auto join = [&](oct64& to, const oct64& from) HWY_ATTR {
      store(to, kept);
      store(from, changed);
      std::copy_n(changed, n - i, kept);
      to = load(kept);
    };
    join(lanes.loss, more.loss);
    join(lanes.product, more.product);
    for (std::size_t j = 0; j < 5; ++j) join(lanes.sum[j], more.sum[j]);
  }
  take_logs();
  total.loss = sum_of_lanes(lanes.loss);
  for (std::size_t j = 0; j < 2; ++j) total.p[j] = sum_of_lanes(lanes.sum[j]);
  for (std::size_t j = 0; j < 3; ++j) total.pq[j] = sum_of_lanes(lanes.sum[2 + j]);
  return total;
}

inline logistic_sums add_logistic_rows(const double* scores, const double* weights, std::size_t n, double a,
                                       double b) noexcept {
  return weights == nullptr ? logistic_sums_of<false>(scores, weights, n, a, b)
                            : logistic_sums_of<true>(scores, weights, n, a, b);
}

inline void sigmoids(const double* scores, const double* slopes, const double* offsets, std::size_t n,
                     double* p) noexcept {
  const auto sigmoid = [](const oct64& s, const oct64& slope, const oct64& offset) HWY_ATTR {
    const oct64 zero = broadcast(0.0);
    const oct64 f = s * slope + offset;
    const oct64 e = exp_f64(lesser_of(f, zero - f));
    const oct64 inverse = broadcast(1.0) / (e + 1.0);
    return select(f >= zero, inverse, e * inverse);
  };
  std::size_t j = 0;
  for (; j + 8 <= n; j += 8) store(sigmoid(load(scores + j), load(slopes + j), load(offsets + j)), p + j);
  if (j == n) return;
  alignas(64) double rest[8];
  store(sigmoid(load_some(scores + j, n - j), load_some(slopes + j, n - j), load_some(offsets + j, n - j)), rest);
  std::copy_n(rest, n - j, p + j);
}

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
