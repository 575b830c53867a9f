#include "cli/plot.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>

#include <calibrant/core/error.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/figures/figure_catalog.hpp>
#include <calibrant/io/atomic_file.hpp>

#include "cli/data_set.hpp"
#include "cli/nearest_name.hpp"
#include "cli/output_files.hpp"
#include "cli/signal_guard.hpp"
#include "cli/svg_renderer.hpp"
#include "cli/terminal.hpp"

namespace calibrant::cli {
namespace {

[[noreturn]] void refuse(const std::string& sentence) { throw error(error_code::invalid_argument, sentence); }

const figure_entry& chosen_figure(const std::string& kind) {
  if (const figure_entry* const entry = find_figure(kind)) return *entry;
  std::vector<std::string> known;
  std::string listed;
  for (const figure_entry& entry : figure_catalog()) {
    known.emplace_back(entry.name);
    listed += (listed.empty() ? "" : ", ") + known.back();
  }
  refuse("plot: got \"" + kind + "\", expected one of " + listed + suggestion(kind, known));
}

figure_format_kind format_of(const std::string& output) {
  if (is_standard_output(output)) return figure_format_kind::svg;
  std::string ending = std::filesystem::path(output).extension().string();
  for (char& c : ending)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (ending == ".svg") return figure_format_kind::svg;
  if (ending == ".png") return figure_format_kind::png;
  if (ending == ".pdf") return figure_format_kind::pdf;
  refuse("--output: got \"" + output + "\", expected a file name that ends in .svg, .png or .pdf");
}

/// The inputs of each data set that the figure shows.
std::vector<std::vector<std::string>> data_sets(const figure_entry& entry, const std::vector<std::string>& inputs) {
  if (entry.sources == 1) {
    require_one_kind(inputs, "plot");
    return {inputs};
  }
  if (inputs.size() != entry.sources)
    refuse("plot: " + std::string(entry.name) + " got " + std::to_string(inputs.size()) +
           (inputs.size() == 1 ? " input" : " inputs") + ", expected " + std::to_string(entry.sources) +
           ", one for each side");
  std::vector<std::vector<std::string>> sets;
  sets.reserve(inputs.size());
  for (const std::string& input : inputs) sets.push_back({input});
  return sets;
}

void check(const plot_options& options, const figure_entry& entry, figure_format_kind format) {
  if (options.predictions.empty())
    refuse("plot: no input, expected prediction files or states; see calibrant plot --help");
  check_input(options);
  if (std::all_of(options.predictions.begin(), options.predictions.end(), is_state))
    for (const CLI::Option* const option : options.of_predictions)
      if (option->count() > 0)
        refuse("plot: the input and bins of a state are fixed, so " + option->get_name() +
               " cannot change them; remove " + option->get_name());
  if (options.of_class && !entry.of_class)
    refuse("--class names the class of the figure class, but " + options.kind + " shows no single one; remove it");
  if (options.most_classes && entry.name != "classes")
    refuse("--most is how many classes the figure classes shows, but this is " + options.kind + "; remove it");
  if (options.group && !entry.of_groups)
    refuse("--group splits the rows for the figure groups, but this is " + options.kind + "; remove it");
  if (options.id && !options.labels)
    refuse("--id joins the rows of two files, but there is one file; name the labels' file with --labels");
  if (options.weight_kind && !options.weight)
    refuse("--weight-kind says what weights mean, but there are none; name their column with --weight");
  if (options.zoom && format != figure_format_kind::png) refuse("--zoom is of PNG, but the output is not; remove it");
}

figure_options drawing_of(const plot_options& options, const figure_entry& entry) {
  figure_options drawing;
  drawing.of_class = options.of_class;
  if (options.most_classes) drawing.most_classes = *options.most_classes;
  if (options.theme == "light") drawing.theme = figure_theme::light;
  if (options.theme == "dark") drawing.theme = figure_theme::dark;
  if (entry.sources == 2)
    for (const std::string& input : options.predictions)
      drawing.names.push_back(std::filesystem::path(input).filename().string());
  return drawing;
}

}  // namespace

exit_code run(const plot_options& options) {
  const figure_entry& entry = chosen_figure(options.kind);
  const figure_format_kind format = format_of(options.output);
  check(options, entry, format);
  const std::vector<std::vector<std::string>> sets = data_sets(entry, options.predictions);
  const output_target output{"--output", options.output};
  std::vector<std::string> inputs = options.predictions;
  if (options.labels) inputs.push_back(*options.labels);
  check_outputs({&output, 1}, inputs);
  if (format != figure_format_kind::svg) require_svg_renderer();

  thread_pool pool(options.threads.value_or(0));
  const measuring how{.arguments = options,
                      .weight_kind = options.weight_kind,
                      .bins = options.bins,
                      .parts = [&](score_kind, std::size_t classes) { return parts_needed(entry, classes); }};
  std::vector<evaluation_state> states;
  states.reserve(sets.size());
  for (const std::vector<std::string>& set : sets) states.push_back(data_set(set, how, pool));
  std::vector<const evaluation_state*> shown;
  shown.reserve(states.size());
  for (const evaluation_state& state : states) shown.push_back(&state);
  metric_options metric;
  if (options.level) metric.level = confidence_level(*options.level);
  const drawn_figure figure = draw_figure(entry, shown, metric, drawing_of(options, entry), &pool);
  const std::string bytes =
      format == figure_format_kind::svg ? figure.svg : rendered_svg(figure.svg, format, options.zoom.value_or(2));
  if (output.is_stdout()) {
    write_to_stdout(bytes);
    return exit_code::success;
  }
  const signal_guard guard;
  atomic_file file(options.output);
  file.write(bytes);
  file.commit();
  return exit_code::success;
}

}  // namespace calibrant::cli
