// A number of bins does not become edges by itself: the rule (equal width) is said.
#include <calibrant/core/bin_edges.hpp>
#include <calibrant/stats/top_label_cells.hpp>

calibrant::top_label_cells call() {
#ifdef CALIBRANT_MISUSE
  return {10, 15, calibrant::weight_kind::frequency};
#else
  return {10, calibrant::bin_edges::equal_width(15), calibrant::weight_kind::frequency};
#endif
}
