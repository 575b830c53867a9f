#pragma once

#include <string_view>

/// The files of src/report/assets, embedded when the library is built.
namespace calibrant::assets {

extern const std::string_view report_html;
extern const std::string_view report_css;
extern const std::string_view report_js;

}  // namespace calibrant::assets
