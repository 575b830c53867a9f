#include "cli/terminal_panel.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include "cli/figure_text.hpp"
#include "cli/panel_writer.hpp"
#include "cli/report_tables.hpp"
#include "cli/text_table.hpp"

namespace calibrant::cli {
namespace {

constexpr std::size_t margin = panel_writer::margin;

/// Metrics whose question stands under their row: what a newcomer looks at first.
constexpr std::array<std::string_view, 6> explained = {"accuracy",      "confidence_gap", "ece",
                                                       "classwise_ece", "log_loss",       "spiegelhalter_z"};

bool is_explained(const metric_entry& entry) {
  return std::find(explained.begin(), explained.end(), entry.name) != explained.end();
}

void write_metrics(panel_writer& out, const panel& shown, const evaluation_options& options) {
  const text_table table = metric_table(shown, options);
  const std::vector<std::string> lines = aligned_lines(table, out.screen().width - margin);
  out.section("Metrics");
  out.table_header(lines.front());
  for (std::size_t i = 0; i < shown.metrics.size(); ++i) {
    const panel_metric& m = shown.metrics[i];
    out.table_row(lines[i + 1]);
    if (!m.result.value.value) {
      // Neighbours that miss for one reason share the line.
      const bool shared =
          i + 1 < shown.metrics.size() && shown.metrics[i + 1].result.value.reason == m.result.value.reason;
      if (!shared) out.faint("no value: " + printable(m.result.value.reason), 2 * margin);
    } else if (is_explained(*m.entry))
      out.faint(std::string(m.entry->question), 2 * margin);
  }
  out.note(expected_note);
  if (has_missing_figures(shown)) out.note(missing_figure_note);
}

/// A bar of `width` columns whose filled part is `share` of it, with a mark where `mark` lies. With Unicode the end of
/// the bar is exact to an eighth of a column.
std::string bar(double share, double mark, std::size_t width, const terminal& screen) {
  constexpr std::array<const char*, 8> eighths = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto columns = static_cast<double>(width);
  const auto filled = static_cast<std::size_t>(std::lround(share * columns * 8));
  const std::size_t marked = std::min(width - 1, static_cast<std::size_t>(mark * columns));
  std::string text;
  std::string run;
  const auto flush = [&] {
    text += styled(run, text_style::cyan, screen);
    run.clear();
  };
  for (std::size_t column = 0; column < width; ++column) {
    if (column == marked) {
      flush();
      text += styled(screen.unicode ? "│" : "|", text_style::yellow, screen);
    } else if (8 * (column + 1) <= filled) {
      run += screen.unicode ? "█" : "#";
    } else if (8 * column < filled && screen.unicode) {
      run += eighths[filled - 8 * column];
    } else if (8 * column + 4 <= filled) {
      run += '#';
    } else {
      run += ' ';
    }
  }
  run.erase(run.find_last_not_of(' ') + 1);
  flush();
  return text;
}

void write_diagram(panel_writer& out, const panel& shown, const evaluation_options& options) {
  text_table table = reliability_table(shown, options);
  // The bar takes the place of the interval, which the JSON result and the Markdown summary show.
  table.columns.pop_back();
  for (auto& row : table.rows) row.pop_back();
  const std::size_t width = out.screen().width - margin;
  const std::vector<std::string> lines = aligned_lines(table, width);
  const std::size_t taken = display_width(lines.front()) + 2;
  constexpr std::size_t smallest_bar = 10;
  constexpr std::size_t largest_bar = 50;
  const bool with_bars = taken + smallest_bar <= width;

  out.section("Reliability", std::string("of the rows with a given confidence, how many are right?") +
                                 (with_bars ? std::string(" Bar: is right; ") + (out.screen().unicode ? "│" : "|") +
                                                  ": says. A mark beyond its bar is over-confidence."
                                            : std::string()));
  const std::size_t bar_width = with_bars ? std::min(largest_bar, width - taken) : 0;
  out.table_header(with_bars ? lines.front() + "  0 %" + std::string(bar_width - 8, ' ') + "100 %" : lines.front());
  std::size_t i = 1;
  for (const reliability_bin& bin : shown.top_label) {
    if (!(bin.count > 0)) continue;
    out.table_row(with_bars ? lines[i] + "  " + bar(*bin.accuracy, *bin.confidence, bar_width, out.screen())
                            : lines[i]);
    ++i;
  }
}

}  // namespace

std::string terminal_panel(const evaluation& result, bool every_class, const terminal& screen) {
  panel_writer out(screen);
  out.headline(result.total.headline);
  out.note(data_sentence(result));

  if (!result.total.warnings.empty()) out.blank();
  for (const evaluation_warning& warning : result.total.warnings) out.warning(printable(warning.message));

  write_metrics(out, result.total, result.options);
  write_diagram(out, result.total, result.options);

  if (!result.total.per_class.empty()) {
    const std::size_t limit = every_class ? result.total.per_class.size() : worst_classes_shown;
    const text_table classes = class_error_table(result, limit);
    out.section(classes.title, result.config.kind == score_kind::top_label
                                   ? "the largest calibration error first, each of the rows predicted as the class"
                                   : "the largest calibration error first (class-wise, over all rows); says and is "
                                     "right: the rows predicted as the class");
    out.table(classes);
    if (limit < result.total.per_class.size())
      out.note(count_text(static_cast<double>(result.total.per_class.size() - limit)) + " more with --per-class");
  }

  if (result.grouped) {
    out.section("Groups");
    out.table(group_table(result, groups_shown));
    if (result.groups.size() > groups_shown)
      out.note(count_text(static_cast<double>(result.groups.size() - groups_shown)) + " more in the JSON result");
    for (const auto& [name, group] : result.groups)
      for (const evaluation_warning& warning : group.warnings)
        out.warning(printable(name) + ": " + printable(warning.message));
  }

  out.section("Next");
  out.paragraph("--json FILE        every number at full precision; --markdown FILE for a job summary");
  out.paragraph("--state FILE       keep the state, to merge with other shards: calibrant merge");
  out.paragraph("calibrant metrics  what each metric means");
  return out.take();
}

}  // namespace calibrant::cli
