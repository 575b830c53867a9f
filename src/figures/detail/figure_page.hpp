#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <calibrant/figures/drawn_figure.hpp>
#include <calibrant/figures/svg_writer.hpp>

namespace calibrant::detail {

/// How a mark looks in the legend.
enum class legend_mark {
  dot,
  dot_with_interval,
  band,
  ideal,
  blue_line,
  orange_line,
  blue_dashes,
  blue_box,
  orange_box,
  orange_tick,
  grey_box,
  ink_box
};

struct legend_item {
  legend_mark mark;
  std::string text;
};

/// The paper of a figure: its heading, captions and legend from the top down, and whatever else is drawn into `svg`.
class figure_page {
 public:
  static constexpr double margin = 14;

  figure_page(const figure_options& options, double width, std::string title);

  /// A sentence under the heading, and in the description.
  void caption(const std::string& text);
  /// A sentence of the description alone.
  void describe(const std::string& text);
  void legend(const std::vector<legend_item>& items);
  /// Numbers that the marks show; a table without rows is left out.
  void table(figure_table numbers);

  /// Below what has been put there so far.
  [[nodiscard]] double top() const noexcept { return top_; }
  [[nodiscard]] double width() const noexcept { return width_; }
  [[nodiscard]] svg_writer& svg() noexcept { return svg_; }
  /// A small remark at the foot of what is drawn; returns the place below it.
  double note(double top, const std::string& text);

  [[nodiscard]] drawn_figure finish(double height) &&;

 private:
  const figure_options& options_;
  double width_;
  double top_;
  std::string title_;
  std::string description_;
  std::vector<figure_table> tables_;
  svg_writer svg_;
};

}  // namespace calibrant::detail
