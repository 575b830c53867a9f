#include <calibrant/evaluation/prediction_batch.hpp>

namespace calibrant {

std::string_view name_of(score_kind kind) noexcept {
  switch (kind) {
    case score_kind::logits:
      return "logits";
    case score_kind::top_label:
      return "top_label";
    case score_kind::probabilities:
      break;
  }
  return "probabilities";
}

prediction_batch batch_buffers::batch(score_kind kind, std::size_t classes) const {
  const std::size_t columns = kind == score_kind::top_label ? 1 : classes;
  const matrix_view view = [&]() -> matrix_view {
    switch (type) {
      case score_type::float64:
        return basic_matrix_view<double>::contiguous(float64.data(), rows, columns);
      case score_type::float16:
        return basic_matrix_view<float16>::contiguous(float16_.data(), rows, columns);
      case score_type::float32:
        break;
    }
    return basic_matrix_view<float>::contiguous(float32.data(), rows, columns);
  }();
  return {.values = kind == score_kind::logits      ? scores(logits(view))
                    : kind == score_kind::top_label ? scores(confidences(view))
                                                    : scores(probabilities(view)),
          .labels = labels,
          .weights = weights,
          .groups = groups,
          .source = source,
          .first_row = first_row,
          .predictions = predictions,
          .label_shares = label_shares,
          .keys = keys};
}

}  // namespace calibrant
