#pragma once

#include <nanobind/nanobind.h>

namespace calibrant::python {

/// Adds Input (what a table or file of predictions means), measure_table and table_columns.
void bind_tables(nanobind::module_& module);

}  // namespace calibrant::python
