// A matrix says nothing about logits or probabilities, so it does not become scores by itself.
#include <calibrant/core/scores.hpp>

calibrant::scores declared(const calibrant::matrix_view& view) {
#ifdef CALIBRANT_MISUSE
  return view;
#else
  return calibrant::probabilities(view);
#endif
}
