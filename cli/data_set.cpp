#include "cli/data_set.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/streaming.hpp>
#include <calibrant/io/prediction_reader.hpp>
#include <calibrant/io/state_file.hpp>

#include "cli/progress_line.hpp"
#include "cli/terminal.hpp"

namespace calibrant::cli {
namespace {

evaluation_state measured(const std::vector<std::string>& paths, const measuring& how, thread_pool& pool) {
  input_options input = input_of(how.arguments);
  input.paths = paths;
  input.hash = input.hash || how.hash;
  const std::unique_ptr<batch_source> source = open_predictions(input);
  evaluation_config config{.classes = source->classes(), .kind = source->kind()};
  config.parts = how.parts(config.kind, config.classes.size());
  if (how.bins) config.bins = *how.bins;
  if (how.weight_kind == "importance") config.weights = weight_kind::importance;
  progress_line progress(!how.arguments.quiet && inspect_terminal(stderr).interactive);
  return evaluate_stream(*source, config, pass_of(how.arguments), pool,
                         [&](std::uint64_t read, std::uint64_t total) { progress.update(read, total); });
}

}  // namespace

evaluation_state merged_states(const std::vector<std::string>& paths) {
  evaluation_state state = read_state(paths.front());
  for (std::size_t i = 1; i < paths.size(); ++i) {
    const evaluation_state next = read_state(paths[i]);
    try {
      state.merge(next);
    } catch (const error& e) {
      throw error(e.code(), paths[i] + ": " + e.what());
    }
  }
  return state;
}

bool is_state(const std::string& path) { return std::filesystem::path(path).extension() == ".cstate"; }

evaluation_state data_set(const std::vector<std::string>& paths, const measuring& how, thread_pool& pool) {
  return is_state(paths.front()) ? merged_states(paths) : measured(paths, how, pool);
}

void require_one_kind(const std::vector<std::string>& paths, const std::string& command) {
  const auto states = std::count_if(paths.begin(), paths.end(), is_state);
  if (states != 0 && static_cast<std::size_t>(states) != paths.size())
    throw error(error_code::invalid_argument,
                command +
                    ": got states and predictions, expected files of one kind; measure the predictions with "
                    "calibrant evaluate --state first");
}

}  // namespace calibrant::cli
