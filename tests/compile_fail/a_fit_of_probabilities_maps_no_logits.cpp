// What has learned from probabilities does not map logits.
#include <calibrant/evaluation/fitted.hpp>

std::vector<float> call(const calibrant::fitted<calibrant::probabilities>& calibrator,
                        const calibrant::matrix_view& view, calibrant::thread_pool& pool) {
#ifdef CALIBRANT_MISUSE
  return calibrator.apply<float>(calibrant::logits(view), pool);
#else
  return calibrator.apply<float>(calibrant::probabilities(view), pool);
#endif
}
