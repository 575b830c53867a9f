#pragma once

#include <nanobind/nanobind.h>

namespace calibrant::python {

/// `check` of a state.
void bind_gate(nanobind::module_& module);

}  // namespace calibrant::python
