#include "cli/side_by_side.hpp"

#include <algorithm>
#include <vector>

#include <calibrant/version.hpp>

#include "cli/figure_text.hpp"
#include "cli/report_tables.hpp"
#include "cli/text_table.hpp"

namespace calibrant::cli {
namespace {

constexpr std::size_t margin = 2;
constexpr std::size_t gap = 2;

std::string column_name(const evaluation& result) {
  return result.sources.empty() ? "?" : end_of_path(result.sources.front().path);
}

std::string verdict_of(const evaluation& result) {
  return result.total.headline.substr(0, result.total.headline.find_first_of(":,"));
}

/// What one data set says of one metric.
struct shown_figure {
  std::string value;
  std::string range;
};
shown_figure figure_of(const evaluation& result, std::size_t metric) {
  const panel_metric& m = result.total.metrics[metric];
  const metric_text format(*m.entry, m.result);
  return {format.value(m.result.value), format.range(m.result.uncertainty)};
}

/// Metric names and the columns of `results`, with each interval in a row below its value.
text_table stacked_table(std::span<const evaluation> results) {
  text_table table{"Metrics", {{"metric", alignment::left}}, {}};
  std::vector<std::string> rows = {"Rows"};
  std::vector<std::string> verdicts = {"Verdict"};
  for (const evaluation& result : results) {
    table.columns.push_back({column_name(result)});
    rows.push_back(count_text(static_cast<double>(result.counts.measured)));
    verdicts.push_back(verdict_of(result));
  }
  table.rows = {rows, verdicts};
  for (std::size_t m = 0; m < results.front().total.metrics.size(); ++m) {
    std::vector<std::string> values = {std::string(results.front().total.metrics[m].entry->title)};
    std::vector<std::string> ranges = {""};
    bool ranged = false;
    for (const evaluation& result : results) {
      const shown_figure shown = figure_of(result, m);
      values.push_back(shown.value);
      ranges.push_back(shown.range == "-" ? "" : shown.range);
      ranged = ranged || shown.range != "-";
    }
    table.rows.push_back(values);
    if (ranged) table.rows.push_back(ranges);
  }
  return table;
}

/// How many of the results, from the first on, fit beside the names of the metrics; at least one.
std::size_t fitting(std::span<const evaluation> results, std::size_t width) {
  std::size_t count = 1;
  const auto needed = [&](std::size_t files) {
    const text_table table = stacked_table(results.first(files));
    std::size_t total = 0;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      std::size_t widest = display_width(table.columns[c].header);
      for (const auto& row : table.rows) widest = std::max(widest, display_width(row[c]));
      total += widest + (c == 0 ? 0 : gap);
    }
    return total;
  };
  while (count < results.size() && needed(count + 1) <= width) ++count;
  return count;
}

}  // namespace

std::string terminal_side_by_side(std::span<const evaluation> results, const terminal& screen) {
  std::string text;
  const auto line = [&](const std::string& words) { text += words + '\n'; };
  const auto about = [&](const evaluation& result, const std::string& words) {
    const std::string name = result.sources.empty() ? "" : printable(result.sources.front().path) + ": ";
    return wrapped(name + words, margin + 2, screen.width);
  };
  for (const evaluation& result : results)
    line(std::string(margin, ' ') + styled(about(result, result.total.headline), text_style::bold, screen));
  bool warned = false;
  for (const evaluation& result : results)
    for (const evaluation_warning& warning : result.total.warnings) {
      if (!warned) line("");
      warned = true;
      line(std::string(margin, ' ') + styled("!", text_style::yellow, screen) + ' ' +
           about(result, printable(warning.message)));
    }

  const std::size_t width = screen.width - margin;
  for (std::size_t first = 0; first < results.size();) {
    const std::size_t count = fitting(results.subspan(first), width);
    const text_table table = stacked_table(results.subspan(first, count));
    const std::vector<std::string> lines = aligned_lines(table, width);
    line("");
    line(styled(first == 0 ? "Metrics, with " + level_text(results[0].options.metric.level.level()) + " intervals"
                           : "Metrics, continued",
                text_style::bold, screen));
    line(std::string(margin, ' ') + styled(lines[0], text_style::faint, screen));
    for (std::size_t i = 0; i < table.rows.size(); ++i)
      line(std::string(margin, ' ') +
           (table.rows[i][0].empty() ? styled(lines[i + 1], text_style::faint, screen) : lines[i + 1]));
    first += count;
  }
  line(std::string(margin, ' ') +
       styled(wrapped("each interval is about its own file; whether files differ, calibrant compare tells", margin,
                      screen.width),
              text_style::faint, screen));
  line("");
  line(styled("Next", text_style::bold, screen));
  line(std::string(margin, ' ') +
       wrapped("--json FILE        an array of the full results, one per file", margin, screen.width));
  line(std::string(margin, ' ') +
       wrapped("without --each     the files as shards of one data set", margin, screen.width));
  return text;
}

std::string markdown_side_by_side(std::span<const evaluation> results) {
  text_table table{"Metrics", {{"metric", alignment::left}}, {}};
  std::vector<std::string> rows = {"Rows"};
  std::vector<std::string> verdicts = {"Verdict"};
  for (const evaluation& result : results) {
    table.columns.push_back({result.sources.empty() ? "?" : printable(result.sources.front().path)});
    rows.push_back(count_text(static_cast<double>(result.counts.measured)));
    verdicts.push_back(verdict_of(result));
  }
  table.rows = {rows, verdicts};
  for (std::size_t m = 0; m < results.front().total.metrics.size(); ++m) {
    std::vector<std::string> cells = {std::string(results.front().total.metrics[m].entry->title)};
    for (const evaluation& result : results) {
      const shown_figure shown = figure_of(result, m);
      cells.push_back(shown.value + (shown.range == "-" ? "" : " (" + shown.range + ")"));
    }
    table.rows.push_back(std::move(cells));
  }
  std::string text = "## Calibration of " + std::to_string(results.size()) +
                     (results.size() == 1 ? " file" : " files") + "\n\n" + markdown(table) +
                     "\nIn brackets: " + level_text(results.front().options.metric.level.level()) + " intervals.\n";
  std::string warnings;
  for (const evaluation& result : results)
    for (const evaluation_warning& warning : result.total.warnings)
      warnings +=
          "- " + markdown_escaped(printable(result.sources.front().path) + ": " + printable(warning.message)) + '\n';
  if (!warnings.empty()) text += "\n### Warnings\n\n" + warnings;
  return text + "\nMade by calibrant " + std::string(version_string) + ".\n";
}

std::string json_side_by_side(std::span<const std::string> documents) {
  std::string text = "[\n";
  for (std::size_t i = 0; i < documents.size(); ++i) {
    text += documents[i];
    if (i + 1 < documents.size()) text.insert(text.size() - 1, ",");
  }
  return text + "]\n";
}

}  // namespace calibrant::cli
