#include <charconv>
#include <cstdint>
#include <utility>

#include "figures/detail/figure_page.hpp"
#include "figures/detail/label_text.hpp"

namespace calibrant::detail {
namespace {

constexpr double title_size = 15;
constexpr double text_size = 12;
constexpr double label_size = 11.5;
constexpr double line_height = 16;
constexpr double swatch = 18;

/// FNV-1a: figures that stand on one page have ids of their own, and equal figures equal ones.
std::string fingerprint(std::string_view title, std::string_view drawing) {
  std::uint32_t hash = 2166136261U;
  for (const std::string_view part : {title, drawing})
    for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  char digits[8];
  return {digits, std::to_chars(digits, digits + sizeof digits, hash, 16).ptr};
}

void draw_mark(svg_writer& svg, legend_mark mark, double x, double y) {
  const double middle = x + swatch / 2;
  const auto line = [&](std::string_view class_name) {
    svg.path(class_name, svg_path().move_to(x, y).horizontal_to(x + swatch));
  };
  const auto box = [&](std::string_view class_name) {
    svg.element("rect", {{"class", class_name}, {"x", x + 3}, {"y", y - 5}, {"width", 12.0}, {"height", 10.0}});
  };
  switch (mark) {
    case legend_mark::dot_with_interval:
      svg.path("cf-blue-line", svg_path().move_to(middle, y - 7).vertical_to(y + 7));
      [[fallthrough]];
    case legend_mark::dot:
      svg.element("circle", {{"class", "cf-dot"}, {"cx", middle}, {"cy", y}, {"r", 3.5}});
      break;
    case legend_mark::band:
      box("cf-band");
      svg.path("cf-edge",
               svg_path().move_to(x + 3, y - 5).horizontal_to(x + 15).move_to(x + 3, y + 5).horizontal_to(x + 15));
      break;
    case legend_mark::ideal:
      line("cf-ideal");
      break;
    case legend_mark::blue_line:
      line("cf-blue-line");
      break;
    case legend_mark::orange_line:
      line("cf-orange-line");
      break;
    case legend_mark::orange_tick:
      svg.path("cf-orange-line", svg_path().move_to(middle, y - 7).vertical_to(y + 7));
      break;
    case legend_mark::blue_dashes:
      line("cf-blue-line cf-dashed");
      break;
    case legend_mark::blue_box:
      box("cf-blue");
      break;
    case legend_mark::orange_box:
      box("cf-orange");
      break;
    case legend_mark::grey_box:
      box("cf-grey");
      break;
    case legend_mark::ink_box:
      box("cf-text");
      break;
  }
}

}  // namespace

figure_page::figure_page(const figure_options& options, double width, std::string title)
    : options_(options), width_(width), top_(margin), title_(std::move(title)) {
  for (const std::string& line : wrapped(title_, title_size, width - 2 * margin)) {
    top_ += title_size;
    svg_.text(margin, top_, "cf-title", line);
    top_ += 4;
  }
}

void figure_page::describe(const std::string& text) { description_ += (description_.empty() ? "" : " ") + text; }

void figure_page::caption(const std::string& text) {
  for (const std::string& line : wrapped(text, text_size, width_ - 2 * margin)) {
    top_ += line_height;
    svg_.text(margin, top_, "cf-text", line);
  }
  describe(text);
}

void figure_page::legend(const std::vector<legend_item>& items) {
  constexpr double gap = 14;
  double x = margin;
  double y = top_ + 17;
  for (const legend_item& item : items) {
    const double wide = swatch + 5 + text_width(item.text, label_size);
    if (x > margin && x + wide > width_ - margin) {
      x = margin;
      y += 19;
    }
    draw_mark(svg_, item.mark, x, y);
    svg_.text(x + swatch + 5, y + 4, "cf-note", item.text);
    x += wide + gap;
  }
  top_ = y + 8;
}

void figure_page::table(figure_table numbers) {
  if (!numbers.rows.empty()) tables_.push_back(std::move(numbers));
}

double figure_page::note(double top, const std::string& text) {
  for (const std::string& line : wrapped(text, label_size, width_ - 2 * margin)) {
    top += 15;
    svg_.text(margin, top, "cf-note", line);
  }
  return top + 4;
}

drawn_figure figure_page::finish(double height) && {
  const std::string id = options_.id.empty() ? "calibrant-" + fingerprint(title_, svg_.text()) : options_.id;
  const std::string title_id = id + "-title";
  const std::string description_id = id + "-description";
  svg_writer page;
  page.open("svg", {{"xmlns", "http://www.w3.org/2000/svg"},
                    {"class", "calibrant-figure"},
                    {"width", width_},
                    {"height", height},
                    {"viewBox", "0 0 " + coordinate_text(width_) + " " + coordinate_text(height)},
                    {"font-family", "sans-serif"},
                    {"font-size", "12"},
                    {"role", "img"},
                    {"aria-labelledby", title_id + " " + description_id}});
  page.text_element("title", {{"id", title_id}}, title_);
  page.text_element("desc", {{"id", description_id}}, description_);
  if (options_.style) page.text_element("style", {}, figure_style(options_.theme));
  page.element("rect", {{"class", "cf-paper"}, {"width", width_}, {"height", height}});
  return {.svg = page.text() + svg_.text() + "</svg>\n",
          .title = std::move(title_),
          .description = std::move(description_),
          .width = width_,
          .height = height,
          .tables = std::move(tables_)};
}

}  // namespace calibrant::detail
