#include "cli/diff.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <vector>

#include <calibrant/core/error.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/simd_target.hpp>
#include <calibrant/evaluation/state_diff.hpp>
#include <calibrant/io/atomic_file.hpp>
#include <calibrant/io/state_diff_json.hpp>
#include <calibrant/io/state_file.hpp>
#include <calibrant/report/html_report.hpp>

#include "cli/data_set.hpp"
#include "cli/diff_report.hpp"
#include "cli/help_option.hpp"
#include "cli/output_files.hpp"
#include "cli/signal_guard.hpp"
#include "cli/terminal.hpp"
#include "cli/validators.hpp"

namespace calibrant::cli {
namespace {

constexpr const char* examples =
    "OLD and NEW are states that calibrant evaluate --state saved (and calibrant merge joined) of different rows, such "
    "as those of two months: the tests take the samples as independent. Of two models on the same rows calibrant "
    "compare knows more. It tells, and never fails: calibrant check NEW --no-worse-than OLD is the gate.\n"
    "\n"
    "examples:\n"
    "  has the model drifted since last month?\n"
    "    calibrant diff may.cstate june.cstate\n"
    "  for a program, and for people who were not there\n"
    "    calibrant diff may.cstate june.cstate --json diff.json --markdown diff.md --report diff.html\n"
    "  one question, which needs no allowance for others\n"
    "    calibrant diff may.cstate june.cstate --metrics accuracy\n";

[[noreturn]] void refuse(const std::string& sentence) { throw error(error_code::invalid_argument, sentence); }

void check(const diff_arguments& options) {
  for (const std::string* const path : {&options.before, &options.after})
    if (!is_state(*path))
      refuse("diff: got " + *path + ", expected a state file (.cstate); save one with calibrant evaluate --state");
}

diff_options options_of(const diff_arguments& arguments) {
  diff_options result;
  if (arguments.level) result.level = confidence_level(*arguments.level);
  if (arguments.metrics) result.metrics = metric_list(*arguments.metrics);
  apply_metric_options(arguments, result.metric);
  for (const given_metric_option& given : given_options(arguments)) {
    const auto speaks = [&](const std::string& name) { return given.speaks_of(name); };
    const bool by_default =
        result.metrics.empty() && std::any_of(given.metrics.begin(), given.metrics.end(),
                                              [](auto& name) { return find_metric(name)->default_panel; });
    if (!by_default && std::none_of(result.metrics.begin(), result.metrics.end(), speaks))
      refuse(std::string(given.option) + " is of " + given.metrics.front() +
             ", but no metric is, expected it in --metrics; add it or remove " + std::string(given.option));
  }
  return result;
}

std::vector<output_target> targets_of(const diff_arguments& options) {
  std::vector<output_target> targets;
  if (options.json) targets.push_back({"--json", *options.json});
  if (options.markdown) targets.push_back({"--markdown", *options.markdown});
  if (options.report) targets.push_back({"--report", *options.report});
  return targets;
}

std::string page_of(const evaluation_state& before, const evaluation_state& after, const diff_options& options,
                    const state_diff& result, const std::string& command, thread_pool& pool) {
  evaluation_options shown{.metric = options.metric};
  shown.metric.level = options.level;
  return html_report(after, evaluate(after, shown, &pool),
                     {.command = command, .simd = active_simd_target(), .baseline = &before, .diff = &result}, &pool);
}

}  // namespace

void declare_diff(CLI::App& root, diff_arguments& options) {
  CLI::App& command =
      *root.add_subcommand("diff", "Say what changed between two states of different rows, and whether it is chance");
  command.footer(examples);
  diff_arguments& o = options;
  command.add_option("OLD", o.before, "The state of the earlier rows")->required()->type_name("STATE");
  command.add_option("NEW", o.after, "The state of the later rows")->required()->type_name("STATE");
  const char* group = "what is measured";
  command
      .add_option("--metrics", o.metrics,
                  "Names of metrics separated by commas, or all: the verdict then rests on these. Without it on "
                  "accuracy, mean_confidence, confidence_gap, ece, log_loss and brier, beside the rest of the panel")
      ->type_name("LIST")
      ->group(group);
  command
      .add_option("--level", o.level,
                  "Level of the intervals; a finding needs an adjusted p-value of at most 1 less it. Without it 0.95")
      ->type_name("P")
      ->check(number<double>("a number above 0 and below 1, such as 0.95", [](double x) { return x > 0 && x < 1; }))
      ->group(group);
  declare_metric_options(command, o, metric_option_role::speaks, group);
  command.add_flag("--per-class", o.per_class, "Every change of every class in the table, not the surest ten")
      ->group(group);
  group = "output";
  command
      .add_option("--json", o.json, "Write the result as JSON; - is standard output, which then carries nothing else")
      ->type_name("FILE|-")
      ->group(group);
  command.add_option("--markdown", o.markdown, "Write a summary as Markdown; - as above")
      ->type_name("FILE|-")
      ->group(group);
  command
      .add_option(
          "--report", o.report,
          "Write the page of calibrant report about NEW, with what changed since OLD: one HTML file; - as above")
      ->type_name("FILE|-")
      ->group(group);
  command.add_flag("--quiet", o.quiet, "No table")->group(group);
  command
      .add_option("--threads", o.threads,
                  "Number of threads; without it one per processor. The result does not depend on it")
      ->type_name("N")
      ->check(number<std::size_t>("a whole number from 1 to 1024", [](std::size_t n) { return n >= 1 && n <= 1024; }))
      ->group("other");
  add_help(command);
}

exit_code run(const diff_arguments& options, const std::string& command) {
  check(options);
  const diff_options asked = options_of(options);
  const std::vector<output_target> targets = targets_of(options);
  const std::string inputs[] = {options.before, options.after};
  check_outputs(targets, inputs);

  thread_pool pool(options.threads.value_or(0));
  const evaluation_state before = read_state(options.before);
  const evaluation_state after = read_state(options.after);
  const state_diff result = diff(before, after, asked, options.before, options.after, &pool);

  // Everything is prepared before anything is written. The files go last, so that the guard outlives them.
  std::string to_stdout;
  const signal_guard guard;
  std::vector<atomic_file> files;
  const auto emit = [&](const std::string& path, const std::string& bytes) {
    if (is_standard_output(path))
      to_stdout = bytes;
    else
      files.emplace_back(path).write(bytes);
  };
  if (options.json) emit(*options.json, state_diff_json(result, {.command = command, .simd = active_simd_target()}));
  if (options.markdown) emit(*options.markdown, markdown_diff(result, options.per_class));
  if (options.report) emit(*options.report, page_of(before, after, asked, result, command, pool));
  const bool stdout_taken =
      std::any_of(targets.begin(), targets.end(), [](const output_target& target) { return target.is_stdout(); });
  if (!options.quiet && !stdout_taken) to_stdout = terminal_diff(result, options.per_class, inspect_terminal(stdout));
  for (atomic_file& file : files) file.commit();
  write_to_stdout(to_stdout);
  return exit_code::success;
}

}  // namespace calibrant::cli
