#pragma once

// The operation tables of the targets compiled in; dispatch.cpp chooses among them.

#include "kernels.hpp"

namespace calibrant::simd {

[[nodiscard]] const kernels& scalar_kernels() noexcept;
[[nodiscard]] const kernels& sse4_kernels() noexcept;
[[nodiscard]] const kernels& avx2_kernels() noexcept;
[[nodiscard]] const kernels& avx512_kernels() noexcept;

}  // namespace calibrant::simd
