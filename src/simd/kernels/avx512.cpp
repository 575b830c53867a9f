// The kernels for AVX-512 (F, VL, DQ, BW). Highway's baseline pass (one lane) is left out: scalar_reference.cpp serves
// processors without SSE4.

#define HWY_DISABLE_PCLMUL_AES
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_AVX2 | HWY_AVX3_DL)
#define HWY_TARGET_INCLUDE "simd/kernels/avx512.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "simd/targets.hpp"

#if HWY_TARGET == HWY_AVX3
#include "simd/kernels/table-inl.hpp"
#endif

#if HWY_ONCE
const calibrant::simd::kernels& calibrant::simd::avx512_kernels() noexcept {
  static constexpr kernels table = N_AVX3::table_named("avx512");
  return table;
}
#endif
