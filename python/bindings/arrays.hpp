#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include <nanobind/ndarray.h>

#include <calibrant/core/error.hpp>
#include <calibrant/core/float16.hpp>
#include <calibrant/core/scores.hpp>
#include <calibrant/evaluation/prediction_batch.hpp>

namespace calibrant::python {

/// n x K scores of float16, float32 or float64 in memory of the CPU; the columns of a row are contiguous, rows may be
/// any whole number of elements apart.
using score_array = nanobind::ndarray<nanobind::ro, nanobind::ndim<2>, nanobind::device::cpu>;
template <class T>
using vector_of = nanobind::ndarray<const T, nanobind::ndim<1>, nanobind::c_contig, nanobind::device::cpu>;
using share_array = nanobind::ndarray<const double, nanobind::ndim<2>, nanobind::c_contig, nanobind::device::cpu>;

/// Calls `take` with a number of the array's element type: float, double or float16. Throws error (invalid_argument) on
/// any other.
template <class Array, class Take>
decltype(auto) visit_scores(const Array& array, Take&& take) {
  const nanobind::dlpack::dtype type = array.dtype();
  if (type == nanobind::dtype<float>()) return take(float{});
  if (type == nanobind::dtype<double>()) return take(double{});
  const auto real = static_cast<std::uint8_t>(nanobind::dlpack::dtype_code::Float);
  if (type.code == real && type.bits == 16 && type.lanes == 1) return take(float16{});
  throw error(error_code::invalid_argument,
              "scores: the element type is none of float16, float32 and float64; convert the array to one of them");
}

/// The scores where they lie. Throws error (invalid_argument) on another element type or a gap between columns.
[[nodiscard]] scores view_scores(const score_array& array, score_kind kind);

template <class T>
[[nodiscard]] std::span<const T> view(const std::optional<vector_of<T>>& array) {
  if (!array) return {};
  return {array->data(), array->shape(0)};
}

}  // namespace calibrant::python
