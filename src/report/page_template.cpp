#include <calibrant/core/error.hpp>
#include <calibrant/figures/drawn_figure.hpp>
#include <calibrant/io/sha256.hpp>
#include <calibrant/version.hpp>

#include "report/detail/assets.hpp"
#include "report/detail/page_source.hpp"

namespace calibrant::detail {
namespace {

unsigned hex_digit(char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); }

}  // namespace

std::string policy_hash(std::string_view text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  sha256 hash;
  hash.update(std::as_bytes(std::span(text)));
  // Three hex digits are two of base 64: 64 digits and two zeros are 22 times three, of which one sign is padding.
  const std::string digits = hash.finish() + "00";
  std::string base64;
  for (std::size_t i = 0; i < digits.size(); i += 3) {
    const unsigned bits = hex_digit(digits[i]) << 8 | hex_digit(digits[i + 1]) << 4 | hex_digit(digits[i + 2]);
    base64 += alphabet[bits >> 6];
    base64 += alphabet[bits & 63];
  }
  base64.back() = '=';
  return "sha256-" + base64;
}

std::string whole_page(const std::string& title, const std::string& header, const std::string& content,
                       const std::string& class_data) {
  const std::string style = std::string(assets::report_css) + figure_style(figure_theme::automatic) + "\n";
  std::string script;
  for (const std::string_view part :
       {assets::base_js, assets::points_js, assets::diagram_js, assets::classes_js, assets::tables_js})
    script += part;
  return filled_page(assets::report_html, {{"title", xml_text(title)},
                                           {"version", version_string},
                                           {"style-hash", policy_hash(style)},
                                           {"script-hash", policy_hash(script)},
                                           {"style", style},
                                           {"script", script},
                                           {"header", header},
                                           {"content", content},
                                           {"class-data", class_data}});
}

std::string filled_page(std::string_view page, const std::vector<page_value>& values) {
  std::string text;
  while (true) {
    const std::size_t begin = page.find("{{");
    text += page.substr(0, begin);
    if (begin == std::string_view::npos) return text;
    page.remove_prefix(begin + 2);
    const std::size_t end = page.find("}}");
    const std::string_view name = page.substr(0, end);
    const page_value* found = nullptr;
    for (const page_value& value : values)
      if (value.name == name) found = &value;
    if (found == nullptr || end == std::string_view::npos)
      throw error(error_code::internal, "report: the template asks for \"" + std::string(name.substr(0, 40)) +
                                            "\", which nothing fills; please report it");
    text += found->text;
    page.remove_prefix(end + 2);
  }
}

}  // namespace calibrant::detail
