// A view does not turn into probabilities on its way into a function.
#include <calibrant/core/scores.hpp>

void measure(const calibrant::probabilities& scores);

void call(const calibrant::matrix_view& view) {
#ifdef CALIBRANT_MISUSE
  measure(view);
#else
  measure(calibrant::probabilities(view));
#endif
}
