#pragma once

#include <nanobind/nanobind.h>

namespace calibrant::python {

/// `diff` of two states.
void bind_diff(nanobind::module_& module);

}  // namespace calibrant::python
