#pragma once

#include <nanobind/nanobind.h>

namespace calibrant::python {

/// calibrant._core.Model, and the catalogue of calibrators.
void bind_calibration(nanobind::module_& module);

}  // namespace calibrant::python
