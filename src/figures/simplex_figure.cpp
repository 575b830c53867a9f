#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include <calibrant/core/error.hpp>
#include <calibrant/figures/number_text.hpp>
#include <calibrant/stats/consistency_interval.hpp>

#include "figures/detail/figure_list.hpp"
#include "figures/detail/figure_page.hpp"
#include "figures/detail/label_text.hpp"
#include "figures/detail/plot_frame.hpp"
#include "figures/detail/source_words.hpp"

namespace calibrant::detail {
namespace {

using triple = std::array<double, 3>;

/// The rows of one small triangle.
struct simplex_cell {
  double weight = 0;
  double squares = 0;    ///< sum w^2
  triple probability{};  ///< sums
  triple label{};

  [[nodiscard]] double rows() const { return weight * (weight / squares); }
  [[nodiscard]] triple said() const { return mean(probability); }
  [[nodiscard]] triple seen() const { return mean(label); }

 private:
  [[nodiscard]] triple mean(const triple& sums) const { return {sums[0] / weight, sums[1] / weight, sums[2] / weight}; }
};

/// Cells with fewer rows have arrows that are noise.
constexpr double fewest_rows = 10;

/// The triangle is cut into cuts^2 small ones; the three whole parts of cuts p_k tell which.
std::map<std::array<int, 3>, simplex_cell> cells_of(const row_store& rows, int cuts) {
  std::map<std::array<int, 3>, simplex_cell> cells;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::span<const double> p = rows.scores(i);
    std::array<int, 3> place{};
    for (std::size_t k = 0; k < 3; ++k) place[k] = std::clamp(static_cast<int>(p[k] * cuts), 0, cuts - 1);
    simplex_cell& cell = cells[place];
    const double w = rows.weight(i);
    cell.weight += w;
    cell.squares += w * w;
    for (std::size_t k = 0; k < 3; ++k) cell.probability[k] += w * p[k];
    cell.label[static_cast<std::size_t>(rows.label(i))] += w;
  }
  return cells;
}

/// Whether a calibrated model would hardly give these frequencies: a class is outside its range, at a third of the
/// error for each.
bool is_off(const simplex_cell& cell, confidence_level level) {
  const confidence_level each(1 - level.alpha() / 3);
  const triple said = cell.said();
  const triple seen = cell.seen();
  for (std::size_t k = 0; k < 3; ++k) {
    const interval range = consistency_interval(std::clamp(said[k], 0.0, 1.0), cell.rows(), each);
    if (seen[k] < range.lower - 1e-9 || seen[k] > range.upper + 1e-9) return true;
  }
  return false;
}

/// The triangle on the paper: class 0 is the lower left corner, 1 the lower right, 2 the top.
struct triangle {
  double left;
  double bottom;
  double side;

  [[nodiscard]] double x(const triple& p) const { return left + side * (p[1] + p[2] / 2); }
  [[nodiscard]] double y(const triple& p) const { return bottom - side * p[2] * std::sqrt(3.0) / 2; }
};

void draw_triangle(svg_writer& svg, const triangle& paper, int cuts) {
  svg_path grid;
  const auto line = [&](const triple& a, const triple& b) {
    grid.move_to(paper.x(a), paper.y(a)).line_to(paper.x(b), paper.y(b));
  };
  for (int i = 1; i < cuts; ++i) {
    const double t = static_cast<double>(i) / cuts;
    line({t, 1 - t, 0}, {t, 0, 1 - t});
    line({1 - t, t, 0}, {0, t, 1 - t});
    line({1 - t, 0, t}, {0, 1 - t, t});
  }
  svg.path("cf-grid", grid);
  const triple corners[] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
  svg.path("cf-axis", svg_path()
                          .move_to(paper.x(corners[0]), paper.y(corners[0]))
                          .line_to(paper.x(corners[1]), paper.y(corners[1]))
                          .line_to(paper.x(corners[2]), paper.y(corners[2]))
                          .close());
}

/// A dot where the model is, a line to where the labels are, with a head if there is room for one.
void draw_arrow(svg_writer& svg, const triangle& paper, const simplex_cell& cell, bool off) {
  const triple said = cell.said();
  const triple seen = cell.seen();
  const double x0 = paper.x(said);
  const double y0 = paper.y(said);
  const double x1 = paper.x(seen);
  const double y1 = paper.y(seen);
  const double length = std::hypot(x1 - x0, y1 - y0);
  svg_path line;
  line.move_to(x0, y0).line_to(x1, y1);
  if (length > 4) {
    const double head = std::min(6.5, length / 2);
    const double ux = (x1 - x0) / length;
    const double uy = (y1 - y0) / length;
    line.move_to(x1 - head * (ux + 0.5 * uy), y1 - head * (uy - 0.5 * ux))
        .line_to(x1, y1)
        .line_to(x1 - head * (ux - 0.5 * uy), y1 - head * (uy + 0.5 * ux));
  }
  svg.path(off ? "cf-orange-line cf-thin" : "cf-blue-line cf-thin", line);
  svg.path(off ? "cf-orange-dots" : "cf-blue-dots", svg_path().dot(x0, y0));
}

std::string shares(const triple& p) {
  return fixed_text(p[0], 3) + ", " + fixed_text(p[1], 3) + ", " + fixed_text(p[2], 3);
}

std::string exact_shares(const triple& p) { return exact_text(p[0]) + " " + exact_text(p[1]) + " " + exact_text(p[2]); }

}  // namespace

drawn_figure draw_simplex_figure(std::span<const figure_source> sources, const figure_options& options) {
  const figure_source& source = sources[0];
  const class_names& classes = source.result.config.classes;
  const row_store& rows = source.state.rows;
  if (classes.size() != 3)
    throw error(error_code::missing_input,
                "simplex: got " + std::to_string(classes.size()) +
                    " classes, expected 3, the corners of a triangle; see the figure classes");
  if (rows.classes() != 3 || rows.size() == 0)
    throw error(error_code::missing_input,
                "simplex: the state has no rows" + (rows.missing().empty() ? "" : " (" + rows.missing() + ")") +
                    ", expected a pass that keeps them; draw it from the predictions themselves");
  const confidence_level level = source.result.options.metric.level;
  const int cuts = rows.size() < 5000 ? 6 : 8;
  const auto cells = cells_of(rows, cuts);
  double left_out = 0;
  std::size_t shown = 0;
  std::size_t off = 0;
  for (const auto& [place, cell] : cells) {
    if (cell.rows() < fewest_rows) {
      left_out += cell.weight;
      continue;
    }
    ++shown;
    if (is_off(cell, level)) ++off;
  }

  figure_page page(options, 520, "Calibration on the simplex");
  page.caption(sentences({"Each arrow leads from what the model says to what is, for the rows of a small triangle: " +
                              std::to_string(off) + " of " + std::to_string(shown) +
                              " are longer than chance explains at " + level_percent(level),
                          rows_sentence(source)}));
  page.legend({{legend_mark::orange_line, "more than chance"}, {legend_mark::blue_line, "within chance"}});
  svg_writer& svg = page.svg();
  constexpr double side = 400;
  const triangle paper{.left = 60, .bottom = page.top() + 34 + side * std::sqrt(3.0) / 2, .side = side};
  draw_triangle(svg, paper, cuts);
  svg.text(paper.left + side / 2, page.top() + 25, "cf-label cf-middle", fitted_name(classes[2], 11.5, 400));
  svg.text(paper.left - 30, paper.bottom + 19, "cf-label", fitted_name(classes[0], 11.5, 220));
  svg.text(paper.left + side + 30, paper.bottom + 19, "cf-label cf-end", fitted_name(classes[1], 11.5, 220));
  figure_table table{.title = {}, .columns = {"rows", "says", "is", "more than chance"}, .rows = {}};
  for (const auto& [place, cell] : cells) {
    if (cell.rows() < fewest_rows) continue;
    table.rows.push_back(
        {rows_number(cell.weight), shares(cell.said()), shares(cell.seen()), is_off(cell, level) ? "yes" : "no"});
    const std::string title =
        rows_number(cell.weight) + " rows: says " + shares(cell.said()) + ", is " + shares(cell.seen());
    svg.open("g", {{"class", "cf-cell"},
                   {"data-count", exact_text(cell.weight)},
                   {"data-said", exact_shares(cell.said())},
                   {"data-seen", exact_shares(cell.seen())}});
    svg.text_element("title", {}, title);
    draw_arrow(svg, paper, cell, is_off(cell, level));
    svg.close();
    page.describe(title + ".");
  }
  page.table(std::move(table));
  double bottom = paper.bottom + 34;
  if (left_out > 0)
    bottom =
        page.note(bottom - 6, "Without the " + rows_number(left_out) + " rows of small triangles with fewer than " +
                                  coordinate_text(fewest_rows) + ".") +
        4;
  return std::move(page).finish(bottom);
}

}  // namespace calibrant::detail
