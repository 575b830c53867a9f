#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/evaluation_state.hpp>

#include "cli/input_arguments.hpp"

namespace calibrant::cli {

/// Whether a path names a state file rather than predictions.
[[nodiscard]] bool is_state(const std::string& path);

/// How predictions become a state.
struct measuring {
  const input_arguments& arguments;
  std::optional<std::string> weight_kind = {};  ///< "frequency" or "importance"
  std::optional<std::size_t> bins = {};
  bool hash = false;  ///< record the SHA-256 of every file
  /// What the pass measures, by the kind of scores and the number of classes.
  std::function<panel_parts(score_kind, std::size_t)> parts;
};

/// One data set: states, merged, or shards of predictions, measured. All paths are of one kind.
[[nodiscard]] evaluation_state data_set(const std::vector<std::string>& paths, const measuring& how, thread_pool& pool);

/// State files, merged. Messages name the file.
[[nodiscard]] evaluation_state merged_states(const std::vector<std::string>& paths);

/// Refuses paths of both kinds. `command` stands in the message.
void require_one_kind(const std::vector<std::string>& paths, const std::string& command);

}  // namespace calibrant::cli
