#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include <calibrant/evaluation/evaluation_state.hpp>
#include <calibrant/figures/drawn_figure.hpp>

namespace calibrant {

/// One figure: the only place where its name and meaning are written. Command line, Python and documentation read it.
struct figure_entry {
  std::string_view name;                      ///< key in every face
  std::string_view title;                     ///< over the figure
  std::string_view question;                  ///< what it answers, in plain words
  std::size_t sources;                        ///< data sets that it shows: 1 or 2
  panel_parts reads;                          ///< the states it is drawn from
  panel_parts also;                           ///< states that add to it if they are there
  std::span<const std::string_view> metrics;  ///< whose numbers it shows
  bool of_class;                              ///< can be told a class
  bool of_groups;                             ///< needs groups
  drawn_figure (*draw)(std::span<const figure_source> sources, const figure_options& options);
};

/// Every figure.
[[nodiscard]] std::span<const figure_entry> figure_catalog() noexcept;
/// By name; null if there is none.
[[nodiscard]] const figure_entry* find_figure(std::string_view name) noexcept;

/// What an evaluation must be asked for so that the figure can be drawn of it.
[[nodiscard]] evaluation_options evaluation_for(const figure_entry& entry, const metric_options& metric = {});
/// What a pass over rows of K classes must measure for it.
[[nodiscard]] panel_parts parts_needed(const figure_entry& entry, std::size_t classes);

/// Evaluates the states, as many as the figure shows, and draws. Throws error: missing_input where the states do not
/// hold what the figure needs; invalid_argument on another number of states, an unknown class, or the state of a peer;
/// no_rows.
[[nodiscard]] drawn_figure draw_figure(const figure_entry& entry, std::span<const evaluation_state* const> states,
                                       const metric_options& metric = {}, const figure_options& options = {},
                                       thread_pool* pool = nullptr);

}  // namespace calibrant
