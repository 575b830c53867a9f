#include "cli/info.hpp"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include <calibrant/evaluation/evaluation_state.hpp>
#include <calibrant/evaluation/simd_target.hpp>
#include <calibrant/io/model_file.hpp>
#include <calibrant/io/parquet_plugin.hpp>
#include <calibrant/io/state_file.hpp>
#include <calibrant/version.hpp>

#include "cli/figure_text.hpp"
#include "cli/model_text.hpp"
#include "cli/terminal.hpp"

namespace calibrant::cli {
namespace {

constexpr std::size_t value_column = 10;

void add_line(std::string& text, std::string name, const std::string& value) {
  name.resize(value_column, ' ');
  text += name + value + '\n';
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string describe_build() {
  std::string text;
  add_line(text, "version", std::string(version_string));
  add_line(text, "compiler", "g++ " __VERSION__);
  add_line(text, "simd",
           active_simd_target() + " (available: " + joined(simd_targets()) + "; CALIBRANT_SIMD forces one)");
  add_line(text, "parquet", parquet_plugin_status());
  return text;
}

std::string describe_state(const std::string& path) {
  const evaluation_state state = read_state(path);
  const evaluation_config& config = state.config;
  std::string text;
  add_line(text, "state", printable(path));
  add_line(text, "rows",
           count_text(static_cast<double>(state.counts.measured)) + " measured, " +
               count_text(static_cast<double>(state.counts.skipped_total())) + " skipped, " +
               count_text(static_cast<double>(state.counts.zero_weight)) + " of weight 0");
  std::vector<std::string> first_classes;
  constexpr std::size_t shown = 8;
  for (std::size_t k = 0; k < config.classes.size() && k < shown; ++k)
    first_classes.push_back(printable(config.classes[k]));
  add_line(text, "classes",
           config.classes.size() == 0 ? std::string("not known, only whether predictions were right")
                                      : count_text(static_cast<double>(config.classes.size())) + ": " +
                                            joined(first_classes) + (config.classes.size() > shown ? ", ..." : ""));
  add_line(text, "scores", std::string(name_of(config.kind)));
  add_line(text, "bins", std::to_string(config.bins) + " of equal width");
  add_line(text, "weights", state.weighted ? std::string(name_of(config.weights)) : "none");
  if (config.log_floor) add_line(text, "log floor", fmt::format("{}", *config.log_floor));
  if (state.grouped)
    for (const auto& [name, panel] : state.panels)
      add_line(text, "group", printable(name) + ": " + rows_text(panel.scores.total_weight()));
  for (const source_info& source : state.sources)
    add_line(text, "source",
             printable(source.path) + ": " + rows_text(static_cast<double>(source.rows)) +
                 (source.sha256 ? ", sha256 " + *source.sha256 : ""));
  return text;
}

}  // namespace

exit_code run(const info_options& options) {
  if (!options.file)
    write_to_stdout(describe_build());
  else if (is_model_file(*options.file))
    write_to_stdout(model_text(read_model(*options.file), inspect_terminal(stdout)));
  else
    write_to_stdout(describe_state(*options.file));
  return exit_code::success;
}

}  // namespace calibrant::cli
