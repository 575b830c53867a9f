#include "cli/metrics.hpp"

#include <string>

#include <calibrant/catalog/metric_catalog.hpp>
#include <calibrant/core/error.hpp>
#include <calibrant/io/evaluation_json.hpp>
#include <calibrant/io/json_writer.hpp>

#include "cli/peer_listing.hpp"
#include "cli/terminal.hpp"
#include "cli/text_table.hpp"

namespace calibrant::cli {
namespace {

std::string better_text(metric_direction better) {
  switch (better) {
    case metric_direction::lower:
      return "lower is better";
    case metric_direction::higher:
      return "higher is better";
    case metric_direction::zero:
      return "best at 0";
    case metric_direction::none:
      return "neither good nor bad";
  }
  return {};
}

std::string as_text(const terminal& screen) {
  std::string text;
  for (const metric_entry& entry : metric_catalog()) {
    const auto line = [&](std::string_view words) { text += "  " + wrapped(words, 2, screen.width) + '\n'; };
    text += styled(entry.name, text_style::bold, screen) + "  " + std::string(entry.title) + '\n';
    line(entry.question);
    line("= " + std::string(entry.definition));
    line(std::string(entry.units) + " in " + std::string(entry.range) + ", " + better_text(entry.better) +
         (entry.default_panel ? "" : ", on request (--metrics)"));
    if (!entry.citation.empty()) line(entry.citation);
  }
  return text;
}

std::string as_markdown() {
  text_table table{"Metrics",
                   {{"name", alignment::left},
                    {"title", alignment::left},
                    {"answers", alignment::left},
                    {"definition", alignment::left},
                    {"units", alignment::left},
                    {"range", alignment::left},
                    {"better", alignment::left},
                    {"source", alignment::left}},
                   {}};
  for (const metric_entry& entry : metric_catalog())
    table.rows.push_back({std::string(entry.name), std::string(entry.title), std::string(entry.question),
                          std::string(entry.definition), std::string(entry.units), std::string(entry.range),
                          std::string(name_of(entry.better)), std::string(entry.citation)});
  return markdown(table);
}

std::string as_json() {
  json_writer json;
  json.begin_array();
  for (const metric_entry& entry : metric_catalog()) {
    json.begin_object();
    json.key("name").value(entry.name);
    json.key("title").value(entry.title);
    json.key("question").value(entry.question);
    json.key("definition").value(entry.definition);
    json.key("tex").value(entry.tex);
    json.key("edge_rules").value(entry.edge_rules);
    json.key("units").value(entry.units);
    json.key("range").value(entry.range);
    json.key("better").value(name_of(entry.better));
    json.key("reads").begin_array();
    for (const std::string_view state : entry.reads.names()) json.value(state);
    json.end_array();
    json.key("citation").value(entry.citation);
    json.key("default_panel").value(entry.default_panel);
    json.end_object();
  }
  json.end_array();
  return json.text() + '\n';
}

}  // namespace

exit_code run(const metrics_options& options) {
  if (options.json + options.markdown + options.json_schema + options.peers > 1)
    throw error(error_code::invalid_argument,
                "metrics: got several of --json, --markdown, --json-schema and --peers, expected one at most");
  if (options.json)
    write_to_stdout(as_json());
  else if (options.markdown)
    write_to_stdout(as_markdown());
  else if (options.json_schema)
    write_to_stdout(evaluation_json_schema());
  else if (options.peers)
    write_to_stdout(peer_listing());
  else
    write_to_stdout(as_text(inspect_terminal(stdout)));
  return exit_code::success;
}

}  // namespace calibrant::cli
