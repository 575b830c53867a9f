// A bare number invites passing 0.05 where 0.95 is meant.
#include <calibrant/stats/wilson.hpp>

calibrant::interval call() {
#ifdef CALIBRANT_MISUSE
  return calibrant::wilson(5, 10, 0.05);
#else
  return calibrant::wilson(5, 10, calibrant::confidence_level(0.95));
#endif
}
