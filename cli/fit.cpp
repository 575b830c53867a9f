#include "cli/fit.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>
#include <utility>

#include <calibrant/core/error.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/fit_model.hpp>
#include <calibrant/io/model_file.hpp>
#include <calibrant/io/prediction_reader.hpp>

#include "cli/help_option.hpp"
#include "cli/model_text.hpp"
#include "cli/output_files.hpp"
#include "cli/progress_line.hpp"
#include "cli/signal_guard.hpp"
#include "cli/terminal.hpp"

namespace calibrant::cli {
namespace {

constexpr const char* examples =
    "Learns on held-out predictions: rows that the classifier has not been trained on, and not those on which the "
    "result is measured afterwards. Reads what calibrant evaluate reads.\n"
    "\n"
    "examples:\n"
    "  whatever does best on rows held out from learning, if anything does\n"
    "    calibrant fit held_out.parquet --logits -o model.calibrant\n"
    "  one number that makes all probabilities more or less decided\n"
    "    calibrant fit held_out.parquet --logits --method temperature -o model.calibrant\n"
    "  a curve for every class, from bins of equally many rows\n"
    "    calibrant fit held_out.csv --probabilities --scores 'p_*' --method histogram --set binning=mass -o "
    "model.calibrant\n"
    "  for rows whose classes are more or less frequent, known by their scores alone\n"
    "    calibrant fit held_out.parquet --logits --method prior_correction --target new.parquet -o model.calibrant\n"
    "  what a model is\n"
    "    calibrant info model.calibrant\n";

[[noreturn]] void refuse(const std::string& sentence) { throw error(error_code::invalid_argument, sentence); }

}  // namespace

void declare_fit(CLI::App& root, fit_options& options) {
  CLI::App& command = *root.add_subcommand("fit", "Learn from held-out predictions how to correct probabilities");
  command.footer(examples);
  declare_input(command, options, input_scope::learning);
  declare_learning(command, options);
  command
      .add_option("--target", options.target,
                  "Predictions whose classes have other shares, read as the others but without labels "
                  "(prior_correction)")
      ->type_name("FILE")
      ->group("what is learned");
  const char* const group = "output";
  command.add_option("-o,--output", options.output, "Where to write the model")
      ->type_name("FILE")
      ->required()
      ->group(group);
  command.add_flag("--quiet", options.quiet, "Say nothing of what was learned, no progress line")->group(group);
  declare_threads(command, options);
  add_help(command);
}

namespace {

/// The scores of the target, of the same classes as what is learned from.
std::unique_ptr<gathered_scores> target_scores(const fit_options& options, const class_names& classes) {
  if (options.target.empty()) return nullptr;
  input_options input = input_of(options);
  input.paths = options.target;
  input.scores_only = true;
  input.labels_file.reset();
  const std::unique_ptr<batch_source> source = open_predictions(input);
  auto gathered = std::make_unique<gathered_scores>(*source, pass_of(options));
  if (gathered->classes() != classes)
    refuse("--target: " + options.target.front() + " has other classes than what is learned from, expected the same " +
           std::to_string(classes.size()) + " in the same order; name them with --classes or --scores");
  return gathered;
}

}  // namespace

exit_code run(const fit_options& options) {
  if (options.predictions.empty()) refuse("fit: no input, expected prediction files; see calibrant fit --help");
  check_input(options);
  fit_request request = request_of(options);
  const output_target output{"--output", options.output};
  if (output.is_stdout())
    refuse("--output: got \"" + options.output + "\", expected a file name; models are not written to standard output");
  std::vector<std::string> inputs = options.predictions;
  if (options.labels) inputs.push_back(*options.labels);
  inputs.insert(inputs.end(), options.target.begin(), options.target.end());
  check_outputs({&output, 1}, inputs);

  thread_pool pool(options.threads.value_or(0));
  input_options input = input_of(options);
  input.hash = true;  // a model says what it has learned from
  const std::unique_ptr<batch_source> source = open_predictions(input);
  const std::unique_ptr<gathered_scores> target = target_scores(options, source->classes());
  if (target != nullptr) request.target = target->values();
  check_request(request);
  progress_line progress(!options.quiet && inspect_terminal(stderr).interactive);
  const calibration_model model =
      fit_model(*source, request, pass_of(options), pool,
                [&](std::uint64_t read, std::uint64_t total) { progress.update(read, total); });
  const signal_guard guard;
  write_model(options.output, model);
  if (!options.quiet) write_to_stdout(model_text(model, inspect_terminal(stdout)));
  return exit_code::success;
}

}  // namespace calibrant::cli
