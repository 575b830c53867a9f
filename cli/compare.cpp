#include "cli/compare.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

#include <calibrant/core/error.hpp>
#include <calibrant/core/text_list.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/comparison.hpp>
#include <calibrant/evaluation/simd_target.hpp>
#include <calibrant/io/atomic_file.hpp>
#include <calibrant/io/compare_files.hpp>
#include <calibrant/io/comparison_json.hpp>
#include <calibrant/report/html_comparison.hpp>

#include "cli/comparison_report.hpp"
#include "cli/help_option.hpp"
#include "cli/output_files.hpp"
#include "cli/progress_line.hpp"
#include "cli/signal_guard.hpp"
#include "cli/terminal.hpp"
#include "cli/validators.hpp"

namespace calibrant::cli {
namespace {

constexpr const char* examples =
    "Each PRED holds what one model says of the same rows; the first is the baseline. Reads what calibrant evaluate "
    "reads.\n"
    "\n"
    "examples:\n"
    "  is the new model better, or is it luck?\n"
    "    calibrant compare old.csv new.csv --probabilities --scores 'p_*'\n"
    "  rows in another order, told apart by a column\n"
    "    calibrant compare old.parquet new.parquet --logits --id image\n"
    "  what calibration has changed\n"
    "    calibrant compare logits.npy calibrated.npy --kinds logits,probabilities --labels labels.npy\n"
    "  every model against every other\n"
    "    calibrant compare a.csv b.csv c.csv --probabilities --all-pairs --json result.json\n";

[[noreturn]] void refuse(const std::string& sentence) { throw error(error_code::invalid_argument, sentence); }

void declare_measures(CLI::App& command, compare_options& o) {
  const char* group = "what the input means";
  command
      .add_option("--kinds", o.kinds,
                  "What the scores of each PRED are, separated by commas, where files differ; instead of "
                  "--probabilities and --logits")
      ->type_name("LIST")
      ->group(group);
  command
      .add_option(
          "--weight-kind", o.weight_kind,
          "What weights mean: how often a row occurred (frequency, the default) or a likelihood ratio (importance)")
      ->type_name("frequency|importance")
      ->check(one_of({"frequency", "importance"}))
      ->group(group);
  group = "what is measured";
  command.add_flag("--all-pairs", o.all_pairs, "Compare every pair, not every file with the first")->group(group);
  command.add_option("--bins", o.bins, "Number of equal-width bins of the calibration errors; without it 15")
      ->type_name("N")
      ->check(number<std::size_t>("a whole number from 1 to 1000",
                                  [](std::size_t n) { return n >= 1 && n <= most_compared_bins; }))
      ->group(group);
  command
      .add_option("--log-floor", o.log_floor,
                  "Probabilities below this count as this in the log loss; without it a zero is an infinite loss")
      ->type_name("P")
      ->check(number<double>("a number above 0 and below 1, such as 1e-15", [](double x) { return x > 0 && x < 1; }))
      ->group(group);
  command
      .add_option("--level", o.level,
                  "Level of the intervals; a verdict needs adjusted p-values of at most 1 less it. Without it 0.95")
      ->type_name("P")
      ->check(number<double>("a number above 0 and below 1, such as 0.95", [](double x) { return x > 0 && x < 1; }))
      ->group(group);
  command
      .add_option("--bootstrap", o.bootstrap,
                  "Replicates of the rows for the difference of calibration errors; without it 1000. No p-value of it "
                  "is below 1/(R + 1)")
      ->type_name("R")
      ->check(number<std::size_t>("a whole number of at least 2, such as 1000", [](std::size_t r) { return r >= 2; }))
      ->group(group);
  command.add_option("--seed", o.seed, "Seed of the replicates; without it 0")
      ->type_name("N")
      ->check(number<std::uint64_t>("a whole number of at least 0", [](std::uint64_t) { return true; }))
      ->group(group);
}

void check(const compare_options& options) {
  if (options.predictions.size() < 2)
    refuse("compare: got " + std::to_string(options.predictions.size()) +
           (options.predictions.size() == 1 ? " file" : " files") +
           " of predictions, expected at least two, the first of them the baseline; see calibrant compare --help");
  check_input(options);
  if (options.kinds && (options.logits || options.probabilities))
    refuse("--kinds says what the scores of each file are, but " +
           std::string(options.logits ? "--logits" : "--probabilities") + " says it of all; remove one of them");
  if (options.kinds && options.confidence)
    refuse("--kinds says what scores are, but --confidence is one number; remove one of them");
  if (options.weight_kind && !options.weight)
    refuse("--weight-kind says what weights mean, but there are none; name their column with --weight");
  if (options.log_floor && options.confidence)
    refuse("--log-floor is about the log loss, which needs the probabilities of all classes; remove it");
}

std::vector<input_options> inputs_of(const compare_options& options) {
  std::vector<std::string> kinds;
  if (options.kinds) {
    kinds = split_list(*options.kinds);
    if (kinds.size() != options.predictions.size())
      refuse("--kinds: got " + std::to_string(kinds.size()) + " for " + std::to_string(options.predictions.size()) +
             " files, expected one for each");
  }
  std::vector<input_options> inputs;
  for (std::size_t i = 0; i < options.predictions.size(); ++i) {
    input_options input = input_of(options);
    input.paths = {options.predictions[i]};
    if (options.kinds) {
      if (kinds[i] != "logits" && kinds[i] != "probabilities")
        refuse("--kinds: got \"" + kinds[i] + "\", expected probabilities or logits for each file");
      input.kind = kinds[i] == "logits" ? score_kind::logits : score_kind::probabilities;
      input.percent = input.percent && input.kind == score_kind::probabilities;
    }
    inputs.push_back(std::move(input));
  }
  return inputs;
}

comparison_options comparison_of(const compare_options& options) {
  comparison_options result;
  if (options.level) result.level = confidence_level(*options.level);
  if (options.bins) result.bins = *options.bins;
  if (options.bootstrap) result.replicates = *options.bootstrap;
  if (options.seed) result.seed = *options.seed;
  if (options.weight_kind == "importance") result.weights = weight_kind::importance;
  result.log_floor = options.log_floor;
  result.all_pairs = options.all_pairs;
  return result;
}

std::vector<output_target> targets_of(const compare_options& options) {
  std::vector<output_target> targets;
  if (options.json) targets.push_back({"--json", *options.json});
  if (options.markdown) targets.push_back({"--markdown", *options.markdown});
  if (options.report) targets.push_back({"--report", *options.report});
  return targets;
}

}  // namespace

void declare_compare(CLI::App& root, compare_options& options) {
  CLI::App& command = *root.add_subcommand(
      "compare", "Say which of several models is better on the same rows, and whether it is chance");
  command.footer(examples);
  declare_input(command, options, input_scope::comparing);
  declare_measures(command, options);
  const char* group = "output";
  command
      .add_option("--json", options.json,
                  "Write the result as JSON; - is standard output, which then carries nothing else")
      ->type_name("FILE|-")
      ->group(group);
  command.add_option("--markdown", options.markdown, "Write a summary as Markdown; - as above")
      ->type_name("FILE|-")
      ->group(group);
  command.add_option("--report", options.report, "Write the models side by side as one HTML page; - as above")
      ->type_name("FILE|-")
      ->group(group);
  command.add_flag("--hash", options.hash, "Record the SHA-256 of every input file in the result")->group(group);
  command.add_flag("--quiet", options.quiet, "No table and no progress line")->group(group);
  declare_threads(command, options);
  add_help(command);
}

exit_code run(const compare_options& options, const std::string& command) {
  check(options);
  const std::vector<input_options> files = inputs_of(options);
  const std::vector<output_target> targets = targets_of(options);
  std::vector<std::string> inputs = options.predictions;
  if (options.labels) inputs.push_back(*options.labels);
  check_outputs(targets, inputs);

  thread_pool pool(options.threads.value_or(0));
  std::vector<row_outcomes> outcomes;
  {
    progress_line progress(!options.quiet && inspect_terminal(stderr).interactive);
    outcomes = read_outcomes(files, pass_of(options), pool,
                             [&](std::uint64_t read, std::uint64_t total) { progress.update(read, total); });
  }
  const comparison result = compare(std::move(outcomes), comparison_of(options), pool);

  // Everything is prepared before anything is written. The files go last, so that the guard outlives them.
  std::string to_stdout;
  const signal_guard guard;
  std::vector<atomic_file> written;
  const auto emit = [&](const std::string& path, const std::string& bytes) {
    if (is_standard_output(path))
      to_stdout = bytes;
    else
      written.emplace_back(path).write(bytes);
  };
  if (options.json) emit(*options.json, comparison_json(result, {.command = command, .simd = active_simd_target()}));
  if (options.markdown) emit(*options.markdown, markdown_comparison(result));
  if (options.report) emit(*options.report, html_comparison(result, command));
  const bool stdout_taken =
      std::any_of(targets.begin(), targets.end(), [](const output_target& target) { return target.is_stdout(); });
  if (!options.quiet && !stdout_taken) to_stdout = terminal_comparison(result, inspect_terminal(stdout));
  for (atomic_file& file : written) file.commit();
  write_to_stdout(to_stdout);
  return exit_code::success;
}

}  // namespace calibrant::cli
