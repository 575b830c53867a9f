// What weights mean is never guessed: a state asks for it.
#include <calibrant/stats/score_sums.hpp>

calibrant::score_sums call() {
#ifdef CALIBRANT_MISUSE
  return calibrant::score_sums();
#else
  return calibrant::score_sums(calibrant::weight_kind::frequency);
#endif
}
