// A calibrator comes from learning alone.
#include <calibrant/evaluation/fitted.hpp>

std::vector<float> call(const calibrant::logits& held, std::span<const std::int32_t> labels,
                        const calibrant::class_names& classes, calibrant::thread_pool& pool) {
#ifdef CALIBRANT_MISUSE
  const calibrant::fitted<calibrant::logits> calibrator;
#else
  const calibrant::fitted<calibrant::logits> calibrator =
      calibrant::fit(held, labels, classes, {.method = "temperature", .options = {}}, pool);
#endif
  return calibrator.apply<float>(held, pool);
}
