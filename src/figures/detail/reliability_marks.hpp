#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <calibrant/figures/figure_catalog.hpp>
#include <calibrant/metrics/reliability_diagram.hpp>
#include <calibrant/stats/interval.hpp>
#include <calibrant/stats/weighted_cells.hpp>

#include "figures/detail/figure_page.hpp"
#include "figures/detail/plot_frame.hpp"

namespace calibrant::detail {

/// The bins of one diagram. `band` has one entry per bin, none where there are no rows or no such range is known.
struct reliability_data {
  std::span<const reliability_bin> bins;
  std::vector<std::optional<interval>> band;
};

/// The ranges of a calibrated model, from the cells that gave the bins; none at all for soft labels.
[[nodiscard]] std::vector<std::optional<interval>> consistency_band(std::span<const cell_pair> cells,
                                                                    const figure_source& source);

/// What the marks of a diagram mean, and how their ranges are made.
[[nodiscard]] std::vector<legend_item> reliability_legend(const figure_source& source);
[[nodiscard]] std::string reliability_method(const figure_source& source);

/// Band, diagonal and a dot with its interval for every bin that has rows, as groups with their numbers and a title.
void draw_reliability(svg_writer& svg, const plot_area& area, const reliability_data& data);
/// The same with one path per kind of mark, for small multiples; the numbers stand in lists on the group around it.
void draw_small_reliability(svg_writer& svg, const plot_area& area, const reliability_data& data);
/// Counts over the same axis, which ends at axis_scale::counts(highest); each bar has a title.
void draw_counts(svg_writer& svg, const plot_area& area, std::span<const reliability_bin> bins, double highest);
/// The same as one path, for small multiples, up to `highest` itself on a scale of log(1 + rows): nearly all rows are
/// in the first bin of a class, and the others must still be seen.
void draw_small_counts(svg_writer& svg, const plot_area& area, std::span<const reliability_bin> bins, double highest);

/// The diagram with counts below, at (left, top); `side` is that of the square. Returns the place below its labels.
struct panel_words {
  std::string x;
  std::string y;
};
double draw_reliability_panel(svg_writer& svg, double left, double top, double side, const reliability_data& data,
                              const panel_words& words, double most_rows, bool first);

/// The bins that have rows as numbers; `words` names the axes.
[[nodiscard]] figure_table bins_table(const reliability_data& data, const panel_words& words, std::string title = {});
/// The bins in words, for a description.
[[nodiscard]] std::string bins_in_words(std::span<const reliability_bin> bins);
[[nodiscard]] double largest_count(std::span<const reliability_bin> bins);

}  // namespace calibrant::detail
