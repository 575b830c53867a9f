#include <CLI/CLI.hpp>

#include <calibrant/figures/figure_catalog.hpp>

#include "cli/help_option.hpp"
#include "cli/plot.hpp"
#include "cli/terminal.hpp"
#include "cli/validators.hpp"

namespace calibrant::cli {
namespace {

constexpr const char* introduction =
    "Draws from prediction files, which are read as calibrant evaluate reads them, or from .cstate files, which are "
    "merged. The figure is one SVG file without script that follows a dark or light page; PNG and PDF are made of it "
    "by rsvg-convert (librsvg).\n"
    "\n";

constexpr const char* examples =
    "examples:\n"
    "  calibrant plot reliability preds.csv --probabilities --scores 'p_*' -o fig.svg\n"
    "  calibrant plot class preds.csv --probabilities --scores 'p_*' --class dog -o dog.pdf\n"
    "  calibrant plot classes all.cstate -o classes.svg\n"
    "  calibrant plot before-after test.csv calibrated.csv --probabilities -o both.png\n";

/// The figures as help shows options, so that the reference makes a table of them.
std::string list_of_figures() {
  constexpr std::size_t column = 28;
  std::string text = "figures:\n";
  for (const figure_entry& entry : figure_catalog()) {
    std::string line = "  " + std::string(entry.name);
    line.resize(column, ' ');
    text += line + wrapped(entry.question, column, 80) + '\n';
  }
  return text + '\n';
}

std::string figure_names() {
  std::string names;
  for (const figure_entry& entry : figure_catalog()) names += (names.empty() ? "" : "|") + std::string(entry.name);
  return names;
}

}  // namespace

void declare_plot(CLI::App& root, plot_options& options) {
  CLI::App& command = *root.add_subcommand("plot", "Draw a figure of predictions or of a state");
  command.footer(introduction + list_of_figures() + examples);
  plot_options& o = options;
  command.add_option("KIND", o.kind, "What to draw, see below")->required()->type_name(figure_names());
  const auto of_predictions = [&](CLI::Option* option) {
    o.of_predictions.push_back(option);
    return option;
  };
  for (CLI::Option* const option : declare_input(command, o, input_scope::measuring))
    if (option->nonpositional()) of_predictions(option);
  const char* group = "what the input means";
  of_predictions(command.add_option("--weight-kind", o.weight_kind,
                                    "What weights mean: how often a row occurred (frequency, the default) or a "
                                    "likelihood ratio (importance)"))
      ->type_name("frequency|importance")
      ->check(one_of({"frequency", "importance"}))
      ->group(group);
  group = "what is drawn";
  of_predictions(command.add_option("--bins", o.bins, "Number of equal-width bins; without it 15"))
      ->type_name("N")
      ->check(number<std::size_t>("a whole number from 1 to 65536", [](std::size_t n) { return n >= 1 && n <= 65536; }))
      ->group(group);
  command.add_option("--level", o.level, "Level of the intervals; without it 0.95")
      ->type_name("P")
      ->check(number<double>("a number above 0 and below 1, such as 0.95", [](double x) { return x > 0 && x < 1; }))
      ->group(group);
  command.add_option("--class", o.of_class, "The class that the figure class shows; without it the worst")
      ->type_name("NAME")
      ->group(group);
  command.add_option("--most", o.most_classes, "How many classes the figure classes shows; without it 12")
      ->type_name("N")
      ->check(number<std::size_t>("a whole number from 1 to 100", [](std::size_t n) { return n >= 1 && n <= 100; }))
      ->group(group);
  group = "output";
  command
      .add_option("-o,--output", o.output,
                  "Where to write the figure, as its name says: .svg, .png or .pdf; - is SVG to standard output")
      ->type_name("FILE|-")
      ->required()
      ->group(group);
  command
      .add_option("--theme", o.theme,
                  "Colours for light or dark paper; without it auto: the SVG follows the reader's system, PNG and PDF "
                  "are light")
      ->type_name("auto|light|dark")
      ->check(one_of({"auto", "light", "dark"}))
      ->group(group);
  command.add_option("--zoom", o.zoom, "Pixels of a PNG for each of the figure's; without it 2")
      ->type_name("X")
      ->check(number<double>("a number from 0.1 to 20", [](double x) { return x >= 0.1 && x <= 20; }))
      ->group(group);
  command.add_flag("--quiet", o.quiet, "No progress line")->group(group);
  declare_threads(command, o);
  add_help(command);
}

}  // namespace calibrant::cli
