#pragma once

#include <utility>

#include <calibrant/metrics/estimate.hpp>

namespace calibrant::detail {

/// The estimate of factor times the quantity, factor > 0. Details are dropped: they are about the quantity itself.
[[nodiscard]] inline estimate scaled(estimate e, double factor) {
  for (figure* f : {&e.value, &e.expected_if_calibrated})
    if (f->value) *f->value *= factor;
  if (e.uncertainty.bounds)
    e.uncertainty.bounds = {e.uncertainty.bounds->lower * factor, e.uncertainty.bounds->upper * factor};
  e.details.clear();
  return e;
}

}  // namespace calibrant::detail
