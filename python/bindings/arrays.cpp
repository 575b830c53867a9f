#include "python/bindings/arrays.hpp"

#include <calibrant/core/error.hpp>
#include <calibrant/core/float16.hpp>
#include <calibrant/core/matrix_view.hpp>

namespace calibrant::python {
namespace {

template <class T>
matrix_view typed_view(const score_array& array) {
  return basic_matrix_view<T>{static_cast<const T*>(array.data()), array.shape(0), array.shape(1),
                              array.stride(0) * static_cast<std::ptrdiff_t>(sizeof(T))};
}

matrix_view view_matrix(const score_array& array) {
  if (array.shape(0) > 0 && array.shape(1) > 1 && array.stride(1) != 1)
    throw error(error_code::invalid_argument,
                "scores: the columns of a row are not contiguous, expected rows of contiguous columns; copy the array");
  return visit_scores(array, [&]<class T>(T) { return typed_view<T>(array); });
}

}  // namespace

scores view_scores(const score_array& array, score_kind kind) {
  const matrix_view matrix = view_matrix(array);
  switch (kind) {
    case score_kind::probabilities:
      return probabilities(matrix);
    case score_kind::logits:
      return logits(matrix);
    case score_kind::top_label:
      break;
  }
  return confidences(matrix);
}

}  // namespace calibrant::python
