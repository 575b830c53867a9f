#include "cli/calibrators.hpp"

#include <CLI/CLI.hpp>

#include <string>

#include <calibrant/catalog/calibrator_catalog.hpp>
#include <calibrant/io/json_writer.hpp>

#include "cli/help_option.hpp"
#include "cli/terminal.hpp"

namespace calibrant::cli {
namespace {

std::string as_text(const terminal& screen) {
  std::string text;
  for (const calibrator_entry& entry : calibrator_catalog()) {
    const auto line = [&](std::string_view words) { text += "  " + wrapped(words, 2, screen.width) + '\n'; };
    text += styled(entry.name, text_style::bold, screen) + "  " + std::string(entry.title) + '\n';
    line(entry.idea);
    line("= " + std::string(entry.definition));
    line(entry.keeps_order ? "keeps the order of the classes in every row, so accuracy stays as it is"
                           : "may change which class is the most probable one");
    for (const calibrator_option& option : calibrator_option_catalog())
      if (entry.reads(option.name))
        line("--set " + std::string(option.name) + "=" + std::string(option.values) + "  " +
             std::string(option.meaning) + " (" + std::string(option.default_value) + ")");
    if (!entry.citation.empty()) line(entry.citation);
  }
  return text;
}

std::string as_json() {
  json_writer json;
  json.begin_array();
  for (const calibrator_entry& entry : calibrator_catalog()) {
    json.begin_object();
    json.key("name").value(entry.name);
    json.key("title").value(entry.title);
    json.key("idea").value(entry.idea);
    json.key("definition").value(entry.definition);
    json.key("citation").value(entry.citation);
    json.key("keeps_order").value(entry.keeps_order);
    json.key("absent_class").value(entry.absent_class);
    const auto obstacle = [&](std::string_view key, std::string_view reason) {
      json.key(key);
      if (reason.empty())
        json.null();
      else
        json.value(reason);
    };
    obstacle("onnx_obstacle", entry.onnx_obstacle);
    obstacle("onnx_obstacle_of_logits", entry.onnx_obstacle_of_logits);
    json.key("options").begin_array();
    for (const calibrator_option& option : calibrator_option_catalog()) {
      if (!entry.reads(option.name)) continue;
      json.begin_object();
      json.key("name").value(option.name);
      json.key("values").value(option.values);
      json.key("default").value(option.default_value);
      json.key("meaning").value(option.meaning);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  return json.text() + '\n';
}

}  // namespace

void declare_calibrators(CLI::App& root, calibrators_options& options) {
  CLI::App& command = *root.add_subcommand("calibrators", "Say what every calibrator does");
  command.footer("  calibrant calibrators\n");
  command.add_flag("--json", options.json, "The catalogue as JSON")->group("output");
  add_help(command);
}

exit_code run(const calibrators_options& options) {
  write_to_stdout(options.json ? as_json() : as_text(inspect_terminal(stdout)));
  return exit_code::success;
}

}  // namespace calibrant::cli
