// A function of probabilities does not take logits.
#include <calibrant/core/scores.hpp>

void measure(const calibrant::probabilities& scores);

void call(const calibrant::matrix_view& view) {
#ifdef CALIBRANT_MISUSE
  measure(calibrant::logits(view));
#else
  measure(calibrant::probabilities(view));
#endif
}
