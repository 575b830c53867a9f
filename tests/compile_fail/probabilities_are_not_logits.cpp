// Nor the other way round.
#include <calibrant/core/scores.hpp>

void measure(const calibrant::logits& scores);

void call(const calibrant::matrix_view& view) {
#ifdef CALIBRANT_MISUSE
  measure(calibrant::probabilities(view));
#else
  measure(calibrant::logits(view));
#endif
}
