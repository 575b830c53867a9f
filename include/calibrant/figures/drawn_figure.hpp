#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/evaluation/state_diff.hpp>
#include <calibrant/stats/panel_state.hpp>

namespace calibrant {

/// On what the colours rest.
enum class figure_theme {
  automatic,  ///< light, and dark where the reader's system is (a media query; converters to PNG and PDF take light)
  light,
  dark,
};

/// What a figure shows: the numbers of an evaluation, and all rows of the state that gave them.
struct figure_source {
  const evaluation& result;
  const panel_state& state;
  const evaluation_state* whole = nullptr;  ///< where a figure sets two states side by side
  const state_diff* diff = nullptr;         ///< since the source before this one, where it is known already
};

struct figure_options {
  figure_theme theme = figure_theme::automatic;
  std::optional<std::string> of_class = {};  ///< of figures of one class; absent: the one with the largest error
  std::size_t most_classes = 12;             ///< of small multiples, >= 1
  std::vector<std::string> names = {};       ///< of the sources, where there are two; absent: before, after
  std::string id = {};  ///< starts the ids of the title and description; without it one that the content gives
  bool style = true;    ///< with its style sheet; a page of many figures has figure_style once
};

/// Numbers behind a figure as text, for those who read or copy them. The first cell of a row is its heading.
struct figure_table {
  std::string title;  ///< empty where a figure has one table
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

/// A figure as one SVG element, without script or reference to anything outside. Equal input gives equal bytes.
struct drawn_figure {
  std::string svg;  ///< with a line break at the end
  std::string title;
  std::string description;  ///< the numbers in words
  double width = 0;         ///< CSS pixels
  double height = 0;
  std::vector<figure_table> tables = {};  ///< what its marks show
};

/// The style sheet of every figure.
[[nodiscard]] std::string figure_style(figure_theme theme);

}  // namespace calibrant
