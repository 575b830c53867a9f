// The level of a metric's interval is a confidence_level, not an alpha.
#include <calibrant/metrics/estimate.hpp>

calibrant::metric_options call() {
  calibrant::metric_options options;
#ifdef CALIBRANT_MISUSE
  options.level = 0.05;
#else
  options.level = calibrant::confidence_level(0.95);
#endif
  return options;
}
