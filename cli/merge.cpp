#include "cli/merge.hpp"

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/evaluation_state.hpp>
#include <calibrant/io/state_file.hpp>

#include "cli/data_set.hpp"
#include "cli/output_files.hpp"
#include "cli/signal_guard.hpp"

namespace calibrant::cli {

exit_code run(const merge_options& options) {
  const output_target output{"--output", options.output};
  if (output.is_stdout())
    throw error(
        error_code::invalid_argument,
        "--output: got \"" + options.output + "\", expected a file name; states are not written to standard output");
  // An output that is also an input is fine here: states are read whole before the output replaces it.
  check_outputs({&output, 1}, {});

  const evaluation_state merged = merged_states(options.states);
  const signal_guard guard;
  write_state(options.output, merged);
  return exit_code::success;
}

}  // namespace calibrant::cli
