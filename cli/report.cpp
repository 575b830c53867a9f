#include "cli/report.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>

#include <calibrant/core/error.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/simd_target.hpp>
#include <calibrant/evaluation/state_diff.hpp>
#include <calibrant/io/atomic_file.hpp>
#include <calibrant/report/html_report.hpp>

#include "cli/data_set.hpp"
#include "cli/help_option.hpp"
#include "cli/output_files.hpp"
#include "cli/signal_guard.hpp"
#include "cli/terminal.hpp"
#include "cli/validators.hpp"

namespace calibrant::cli {
namespace {

constexpr const char* introduction =
    "Writes one HTML page with the verdict, every number and every figure, from prediction files, which are read as "
    "calibrant evaluate reads them, or from .cstate files, which are merged. The page loads nothing, follows a dark or "
    "light system, and prints.\n"
    "\n"
    "examples:\n"
    "  calibrant report preds.csv --probabilities --scores 'p_*' -o report.html\n"
    "  calibrant report preds.parquet --logits --group country -o report.html\n"
    "  calibrant report all.cstate -o report.html\n"
    "  calibrant report calibrated.csv --before raw.csv --probabilities -o report.html\n"
    "  calibrant report june.cstate --baseline may.cstate -o report.html\n";

[[noreturn]] void refuse(const std::string& sentence) { throw error(error_code::invalid_argument, sentence); }

void check(const report_arguments& options) {
  if (options.predictions.empty())
    refuse("report: no input, expected prediction files or states; see calibrant report --help");
  check_input(options);
  require_one_kind(options.predictions, "report");
  const bool states = is_state(options.predictions.front());
  if (states && (!options.before || is_state(*options.before)) && (!options.baseline || is_state(*options.baseline)))
    for (const CLI::Option* const option : options.of_predictions)
      if (option->count() > 0)
        refuse("report: the input and bins of a state are fixed, so " + option->get_name() +
               " cannot change them; remove " + option->get_name());
  if (options.id && !options.labels)
    refuse("--id joins the rows of two files, but there is one file; name the labels' file with --labels");
  if (options.weight_kind && !options.weight)
    refuse("--weight-kind says what weights mean, but there are none; name their column with --weight");
}

std::string file_name(const std::string& path) { return std::filesystem::path(path).filename().string(); }

}  // namespace

void declare_report(CLI::App& root, report_arguments& options) {
  CLI::App& command = *root.add_subcommand("report", "Write everything about predictions or a state as one HTML page");
  command.footer(introduction);
  report_arguments& o = options;
  const auto of_predictions = [&](CLI::Option* option) {
    o.of_predictions.push_back(option);
    return option;
  };
  for (CLI::Option* const option : declare_input(command, o, input_scope::measuring))
    if (option->nonpositional()) of_predictions(option);
  of_predictions(command.add_option("--weight-kind", o.weight_kind,
                                    "What weights mean: how often a row occurred (frequency, the default) or a "
                                    "likelihood ratio (importance)"))
      ->type_name("frequency|importance")
      ->check(one_of({"frequency", "importance"}))
      ->group("what the input means");
  command
      .add_option("--before", o.before,
                  "Predictions of the same rows before a calibrator, or their state: a figure and a table set both "
                  "side by side")
      ->type_name("PRED|STATE")
      ->group("what the input means");
  command
      .add_option("--baseline", o.baseline,
                  "Predictions of other, earlier rows, or their state: adds what changed since, as calibrant diff does")
      ->type_name("PRED|STATE")
      ->group("what the input means");
  of_predictions(command.add_option("--bins", o.bins, "Number of equal-width bins; without it 15"))
      ->type_name("N")
      ->check(number<std::size_t>("a whole number from 1 to 65536", [](std::size_t n) { return n >= 1 && n <= 65536; }))
      ->group("what is measured");
  command.add_option("--level", o.level, "Level of the intervals; without it 0.95")
      ->type_name("P")
      ->check(number<double>("a number above 0 and below 1, such as 0.95", [](double x) { return x > 0 && x < 1; }))
      ->group("what is measured");
  command.add_option("-o,--output", o.output, "Where to write the page; - is standard output")
      ->type_name("FILE|-")
      ->required()
      ->group("output");
  command.add_flag("--quiet", o.quiet, "No progress line and no last word")->group("output");
  declare_threads(command, o);
  add_help(command);
}

exit_code run(const report_arguments& options, const std::string& command) {
  check(options);
  const output_target output{"--output", options.output};
  std::vector<std::string> inputs = options.predictions;
  for (const auto& path : {options.labels, options.before, options.baseline})
    if (path) inputs.push_back(*path);
  check_outputs({&output, 1}, inputs);

  evaluation_options shown;
  if (options.level) shown.metric.level = confidence_level(*options.level);
  thread_pool pool(options.threads.value_or(0));
  const measuring how{.arguments = options,
                      .weight_kind = options.weight_kind,
                      .bins = options.bins,
                      .hash = true,
                      .parts = [&](score_kind, std::size_t classes) { return report_parts(shown, classes); }};
  std::optional<evaluation_state> before;
  if (options.before) before = data_set({*options.before}, how, pool);
  std::optional<evaluation_state> baseline;
  if (options.baseline) baseline = data_set({*options.baseline}, how, pool);
  const evaluation_state state = data_set(options.predictions, how, pool);
  const evaluation result = evaluate(state, shown, &pool);
  report_options page{.command = command, .simd = active_simd_target()};
  if (before) {
    page.before = &*before;
    page.name = file_name(options.predictions.front());
    page.name_before = file_name(*options.before);
  }
  std::optional<state_diff> changes;
  if (baseline) {
    changes = diff(*baseline, state, {.level = shown.metric.level, .metric = shown.metric},
                   file_name(*options.baseline), file_name(options.predictions.front()), &pool);
    page.baseline = &*baseline;
    page.diff = &*changes;
  }
  const std::string html = html_report(state, result, page, &pool);
  if (output.is_stdout()) {
    write_to_stdout(html);
    return exit_code::success;
  }
  const signal_guard guard;
  atomic_file file(options.output);
  file.write(html);
  file.commit();
  if (!options.quiet)
    write_to_stdout(printable(options.output) + ": " + result.total.headline + '\n' +
                    (changes ? printable("since " + changes->before.name + ": " + changes->verdict) + '\n' : ""));
  return exit_code::success;
}

}  // namespace calibrant::cli
