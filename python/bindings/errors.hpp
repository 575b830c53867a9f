#pragma once

#include <nanobind/nanobind.h>

namespace calibrant::python {

/// Makes errors of the core CalibrantError of calibrant/_errors.py, with the code beside the message.
void register_errors();

}  // namespace calibrant::python
