#pragma once

#include <nanobind/nanobind.h>

namespace calibrant::python {

/// The catalogue of figures, and drawing them.
void bind_figures(nanobind::module_& module);

}  // namespace calibrant::python
