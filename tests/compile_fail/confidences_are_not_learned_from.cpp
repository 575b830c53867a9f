// The confidence of the predicted class alone is not enough to learn a map of all classes.
#include <calibrant/evaluation/fitted.hpp>

auto call(const calibrant::matrix_view& view, std::span<const std::int32_t> labels,
          const calibrant::class_names& classes, calibrant::thread_pool& pool) {
#ifdef CALIBRANT_MISUSE
  return calibrant::fit(calibrant::confidences(view), labels, classes, {.method = "isotonic", .options = {}}, pool);
#else
  return calibrant::fit(calibrant::probabilities(view), labels, classes, {.method = "isotonic", .options = {}}, pool);
#endif
}
