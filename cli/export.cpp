#include "cli/export.hpp"

#include <CLI/CLI.hpp>

#include <calibrant/core/error.hpp>
#include <calibrant/io/model_file.hpp>
#include <calibrant/io/onnx_file.hpp>

#include "cli/help_option.hpp"
#include "cli/output_files.hpp"
#include "cli/signal_guard.hpp"

namespace calibrant::cli {

void declare_export(CLI::App& root, export_options& options) {
  CLI::App& command = *root.add_subcommand("export", "Write a learned model for another runtime");
  command.footer(
      "ONNX, opset 17: one float32 input \"scores\" (N x K), one float32 output \"probabilities\" (N x K). Rows are "
      "not "
      "checked there.\n"
      "\n"
      "  calibrant export model.calibrant --onnx model.onnx\n");
  command.add_option("MODEL", options.model, "A model file that calibrant fit wrote")->required();
  command.add_option("--onnx", options.onnx, "Where to write the ONNX model")
      ->type_name("FILE")
      ->required()
      ->group("output");
  add_help(command);
}

exit_code run(const export_options& options) {
  const output_target output{"--onnx", options.onnx};
  if (output.is_stdout())
    throw error(
        error_code::invalid_argument,
        "--onnx: got \"" + options.onnx + "\", expected a file name; models are not written to standard output");
  check_outputs({&output, 1}, {&options.model, 1});
  const calibration_model model = read_model(options.model);
  const signal_guard guard;
  write_onnx(options.onnx, model);
  return exit_code::success;
}

}  // namespace calibrant::cli
