#include "cli/audit.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include <calibrant/core/error.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/audit.hpp>
#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/evaluation/simd_target.hpp>
#include <calibrant/io/atomic_file.hpp>
#include <calibrant/io/evaluation_json.hpp>
#include <calibrant/io/model_file.hpp>
#include <calibrant/io/prediction_reader.hpp>
#include <calibrant/io/state_file.hpp>
#include <calibrant/report/html_report.hpp>

#include "cli/audit_text.hpp"
#include "cli/help_option.hpp"
#include "cli/output_files.hpp"
#include "cli/progress_line.hpp"
#include "cli/signal_guard.hpp"
#include "cli/terminal.hpp"
#include "cli/validators.hpp"

namespace calibrant::cli {
namespace {

constexpr const char* introduction =
    "Learns on validation rows how to correct probabilities, measures test rows as they are and corrected, says "
    "whether "
    "the difference is more than chance, and leaves everything in one folder:\n"
    "  report.html        the page to look at and to pass on\n"
    "  summary.md         one page of text\n"
    "  evaluation.json    the corrected test rows, every number\n"
    "  model.calibrant    what calibrant apply maps new rows by\n"
    "  state.cstate       the corrected test rows, to be merged or compared later\n"
    "The model never sees a test row.\n"
    "\n"
    "examples:\n"
    "  calibrant audit val.parquet test.parquet --logits -o audit\n"
    "  calibrant audit val.csv test.csv --probabilities --scores 'p_*' --method temperature -o audit\n";

[[noreturn]] void refuse(const std::string& sentence) { throw error(error_code::invalid_argument, sentence); }

void check(const audit_arguments& options) {
  if (options.predictions.size() != 2)
    refuse("audit: got " + std::to_string(options.predictions.size()) +
           (options.predictions.size() == 1 ? " file" : " files") +
           ", expected two, the validation rows and the test rows; see calibrant audit --help");
  check_input(options);
  if (options.labels)
    refuse("--labels names the labels of one file, but audit reads two; put the labels into the predictions");
  if (options.weight_kind && !options.weight)
    refuse("--weight-kind says what weights mean, but there are none; name their column with --weight");
  std::error_code failure;
  if (std::filesystem::equivalent(options.predictions[0], options.predictions[1], failure))
    refuse("audit: " + options.predictions[0] +
           " is given as validation rows and as test rows, expected different rows; what is learned from cannot be "
           "judged by");
  if (std::filesystem::exists(options.output) && !std::filesystem::is_directory(options.output))
    refuse("--output: " + options.output + " is a file, expected a folder or a name for a new one");
}

std::unique_ptr<batch_source> opened(const audit_arguments& options, std::size_t which) {
  input_options input = input_of(options);
  input.paths = {options.predictions[which]};
  input.hash = true;
  if (which == 0) input.group.reset();
  return open_predictions(input);
}

void create_folder(const std::string& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  if (failure)
    throw error(error_code::unwritable_output,
                path + ": cannot be created, " + failure.message() + "; name a folder that can be written with -o");
}

}  // namespace

void declare_audit(CLI::App& root, audit_arguments& options) {
  CLI::App& command =
      *root.add_subcommand("audit", "Measure, correct and measure again: the whole story in one folder");
  command.footer(introduction);
  declare_input(command, options, input_scope::learning);
  command
      .add_option("--group", options.group, "Column that splits the test rows into groups, each measured on its own")
      ->type_name("COLUMN")
      ->group("what the input means");
  command
      .add_option("--weight-kind", options.weight_kind,
                  "What weights mean: how often a row occurred (frequency, the default) or a likelihood ratio "
                  "(importance)")
      ->type_name("frequency|importance")
      ->check(one_of({"frequency", "importance"}))
      ->group("what the input means");
  declare_learning(command, options);
  command.add_option("--bins", options.bins, "Number of equal-width bins; without it 15")
      ->type_name("N")
      ->check(number<std::size_t>("a whole number from 1 to 1000", [](std::size_t n) { return n >= 1 && n <= 1000; }))
      ->group("what is measured");
  command.add_option("--level", options.level, "Level of the intervals; without it 0.95")
      ->type_name("P")
      ->check(number<double>("a number above 0 and below 1, such as 0.95", [](double x) { return x > 0 && x < 1; }))
      ->group("what is measured");
  command.add_option("-o,--output", options.output, "The folder to write into; it is made if it is not there")
      ->type_name("DIR")
      ->required()
      ->group("output");
  command.add_flag("--quiet", options.quiet, "Say nothing of what came out, no progress line")->group("output");
  declare_threads(command, options);
  add_help(command);
}

exit_code run(const audit_arguments& options, const std::string& command) {
  check(options);
  audit_options how;
  how.fit = request_of(options);
  how.pass = pass_of(options);
  evaluation_options shown;
  if (options.level) shown.metric.level = how.comparison.level = confidence_level(*options.level);
  if (options.bins) how.bins = how.comparison.bins = *options.bins;
  if (options.weight_kind == "importance") how.weights = how.comparison.weights = weight_kind::importance;

  thread_pool pool(options.threads.value_or(0));
  const std::unique_ptr<batch_source> validation = opened(options, 0);
  const std::unique_ptr<batch_source> test = opened(options, 1);
  how.parts = report_parts(shown, test->classes().size());
  std::optional<audit_result> result;
  {
    progress_line progress(!options.quiet && inspect_terminal(stderr).interactive);
    result = audit(*validation, *test, how, pool,
                   [&](std::uint64_t read, std::uint64_t total) { progress.update(read, total); });
  }
  const evaluation before = evaluate(result->before, shown, &pool);
  const evaluation after = evaluate(result->after, shown, &pool);
  const report_options page{.command = command, .simd = active_simd_target(), .before = &result->before};

  // Everything is prepared before anything is written. The files go last, so that the guard outlives them.
  const std::vector<std::pair<std::string, std::string>> contents = {
      {"report.html", html_report(result->after, after, page, &pool)},
      {"summary.md", audit_summary(*result, before, after)},
      {"evaluation.json", evaluation_json(after, {.command = command, .simd = active_simd_target()})},
      {"model.calibrant", encode_model(result->model)},
      {"state.cstate", encode_state(result->after)},
  };
  create_folder(options.output);
  const signal_guard guard;
  std::vector<atomic_file> files;
  for (const auto& [name, bytes] : contents)
    files.emplace_back((std::filesystem::path(options.output) / name).string()).write(bytes);
  for (atomic_file& file : files) file.commit();
  if (!options.quiet)
    write_to_stdout(audit_text(*result, before, after, inspect_terminal(stdout)) + '\n' +
                    printable((std::filesystem::path(options.output) / "report.html").string()) +
                    ": the page to look at\n");
  return exit_code::success;
}

}  // namespace calibrant::cli
