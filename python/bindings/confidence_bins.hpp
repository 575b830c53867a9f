#pragma once

#include <nanobind/nanobind.h>

namespace calibrant::python {

/// Bins of confidence as arrays of whole numbers: what a training loop keeps of its positions.
void bind_confidence_bins(nanobind::module_& module);

}  // namespace calibrant::python
