#pragma once

#include <string_view>

/// The files of src/report/assets, embedded when the library is built.
namespace calibrant::assets {

extern const std::string_view report_html;
extern const std::string_view report_css;
// The script, in this order.
extern const std::string_view base_js;
extern const std::string_view points_js;
extern const std::string_view diagram_js;
extern const std::string_view classes_js;
extern const std::string_view tables_js;

}  // namespace calibrant::assets
