#pragma once

#include <nanobind/nanobind.h>

namespace calibrant::python {

/// The catalogue of figures, drawing them, and the page of all of them.
void bind_figures(nanobind::module_& module);

}  // namespace calibrant::python
