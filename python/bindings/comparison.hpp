#pragma once

#include <nanobind/nanobind.h>

namespace calibrant::python {

/// `compare` of arrays in memory.
void bind_comparison(nanobind::module_& module);

}  // namespace calibrant::python
