// The operation table of one target.

#if defined(CALIBRANT_SIMD_TABLE_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef CALIBRANT_SIMD_TABLE_INL_HPP
#undef CALIBRANT_SIMD_TABLE_INL_HPP
#else
#define CALIBRANT_SIMD_TABLE_INL_HPP
#endif

#include "simd/kernels/cells-inl.hpp"
#include "simd/kernels/columns-inl.hpp"
#include "simd/kernels/learning-inl.hpp"
#include "simd/kernels/scores-inl.hpp"
#include "simd/kernels/softmax-inl.hpp"
#include "simd/kernels/summarize-inl.hpp"
#include "simd/kernels/temper-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace calibrant::simd::HWY_NAMESPACE {

template <class T>
inline constexpr row_kernels<T> rows_of = {
    summarize_probabilities<T>, softmax<T>, softmax_alone<T>, summarize_top_label<T>,
    accumulate_columns<T>,      temper<T>,  floored_logs<T>,  add_vector_rows<T>};

constexpr kernels table_named(std::string_view name) noexcept {
  return {name,
          rows_of<float>,
          rows_of<double>,
          rows_of<float16>,
          accumulate_top_labels,
          accumulate_labels,
          check_rows,
          score_rows,
          exact_sum,
          add_panel_product,
          temper_single,
          add_vector_rows_single,
          softmax_panels,
          add_logistic_rows,
          sigmoids};
}

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
