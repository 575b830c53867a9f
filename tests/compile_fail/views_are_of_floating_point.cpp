// Scores are float16, float32 or float64: class indices or percentages as integers are no scores.
#include <calibrant/core/matrix_view.hpp>

#ifdef CALIBRANT_MISUSE
using element = int;
#else
using element = float;
#endif

calibrant::matrix_view call(const element* data) {
  return calibrant::basic_matrix_view<element>::contiguous(data, 2, 3);
}
