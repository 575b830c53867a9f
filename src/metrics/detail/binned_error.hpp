#pragma once

namespace calibrant::detail {

/// Names of the constructions that several binned errors share.
inline constexpr const char* l1_method = "bounds of the binned L1 error";
inline constexpr const char* l2_method = "debiased L2 error (Sun et al. 2024), both variances";

}  // namespace calibrant::detail
