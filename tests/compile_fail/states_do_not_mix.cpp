// Cells of the top label and cells of the classes have the same shape and do not merge.
#include <calibrant/stats/classwise_cells.hpp>
#include <calibrant/stats/top_label_cells.hpp>

void call(calibrant::top_label_cells& into, const calibrant::top_label_cells& top,
          const calibrant::classwise_cells& classes) {
#ifdef CALIBRANT_MISUSE
  into.merge(classes);
#else
  into.merge(top);
#endif
  (void)top;
  (void)classes;
}
