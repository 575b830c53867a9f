#include <calibrant/evaluation/prediction_batch.hpp>

namespace calibrant {

prediction_batch batch_buffers::batch(score_kind kind, std::size_t classes) const {
  const matrix_view view = [&]() -> matrix_view {
    switch (type) {
      case score_type::float64:
        return basic_matrix_view<double>::contiguous(float64.data(), rows, classes);
      case score_type::float16:
        return basic_matrix_view<float16>::contiguous(float16_.data(), rows, classes);
      case score_type::float32:
        break;
    }
    return basic_matrix_view<float>::contiguous(float32.data(), rows, classes);
  }();
  return {.values = kind == score_kind::logits ? scores(logits(view)) : scores(probabilities(view)),
          .labels = labels,
          .weights = weights,
          .groups = groups,
          .source = source,
          .first_row = first_row};
}

}  // namespace calibrant
