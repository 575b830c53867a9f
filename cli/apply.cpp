#include "cli/apply.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <cstdio>

#include <calibrant/core/error.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/io/apply_file.hpp>
#include <calibrant/io/model_file.hpp>

#include "cli/help_option.hpp"
#include "cli/output_files.hpp"
#include "cli/progress_line.hpp"
#include "cli/signal_guard.hpp"
#include "cli/terminal.hpp"

namespace calibrant::cli {
namespace {

constexpr const char* examples =
    "Writes the file again with calibrated probabilities in the place of the scores, under the same names; ids, labels "
    "and whatever else a row holds stay as they are. The model knows whether it maps logits or probabilities, and its "
    "classes. The extension of OUT is that of PRED, or .tsv for .csv, .arrow or .csv for .parquet.\n"
    "\n"
    "examples:\n"
    "    calibrant apply model.calibrant new.parquet -o calibrated.parquet\n"
    "    calibrant apply model.calibrant new.csv --scores 'p_*' -o calibrated.csv\n"
    "    calibrant apply model.calibrant logits.npy -o probabilities.npy\n";

}  // namespace

void declare_apply(CLI::App& root, apply_options& options) {
  CLI::App& command = *root.add_subcommand("apply", "Correct the probabilities of new predictions by a learned model");
  command.footer(examples);
  command.add_option("MODEL", options.model, "A model file that calibrant fit wrote")->required();
  declare_input(command, options, input_scope::mapping);
  const char* group = "output";
  command.add_option("-o,--output", options.output, "Where to write the calibrated predictions")
      ->type_name("FILE")
      ->required()
      ->group(group);
  command.add_flag("--quiet", options.quiet, "No progress line")->group(group);
  declare_threads(command, options);
  add_help(command);
}

exit_code run(const apply_options& options) {
  if (options.predictions.size() != 1)
    throw error(error_code::invalid_argument, "apply: got " + std::to_string(options.predictions.size()) +
                                                  " files of predictions, expected one; see calibrant apply --help");
  check_input(options);
  const output_target output{"--output", options.output};
  if (output.is_stdout())
    throw error(error_code::invalid_argument,
                "--output: got \"" + options.output + "\", expected a file name, whose extension says the format");
  const std::array<std::string, 2> inputs = {options.model, options.predictions.front()};
  check_outputs({&output, 1}, inputs);
  const calibration_model model = read_model(options.model);
  thread_pool pool(options.threads.value_or(0));
  progress_line progress(!options.quiet && inspect_terminal(stderr).interactive);
  const signal_guard guard;
  const std::uint64_t without_mass =
      apply_to_file(model, input_of(options), options.renormalize, options.output, pool,
                    [&](std::uint64_t read, std::uint64_t total) { progress.update(read, total); });
  if (without_mass > 0 && !options.quiet)
    std::fprintf(stderr, "calibrant: note: %llu %s 0 for every class from the model and became uniform\n",
                 static_cast<unsigned long long>(without_mass), without_mass == 1 ? "row got" : "rows got");
  return exit_code::success;
}

}  // namespace calibrant::cli
