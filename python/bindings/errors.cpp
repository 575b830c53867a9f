#include "python/bindings/errors.hpp"

#include <exception>

#include <calibrant/core/error.hpp>

namespace calibrant::python {

void register_errors() {
  nanobind::register_exception_translator([](const std::exception_ptr& thrown, void*) {
    try {
      std::rethrow_exception(thrown);
    } catch (const error& e) {
      const nanobind::object type = nanobind::module_::import_("calibrant._errors").attr("CalibrantError");
      const std::string_view code = name_of(e.code());
      const nanobind::object value = type(nanobind::str(e.what()), nanobind::str(code.data(), code.size()));
      PyErr_SetObject(type.ptr(), value.ptr());
    }
  });
}

}  // namespace calibrant::python
