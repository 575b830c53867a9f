#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <calibrant/evaluation/evaluator.hpp>
#include <calibrant/io/input_options.hpp>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace calibrant::cli {

/// The options about input that commands share. What is absent was not given.
struct input_arguments {
  std::vector<std::string> predictions;
  std::optional<std::string> scores;
  std::vector<std::string> positive;  ///< a class and the column of its scores, or nothing
  std::optional<std::string> confidence;
  std::optional<std::string> prediction;
  std::optional<std::string> correct;
  std::optional<std::string> label;
  std::optional<std::string> soft_labels;
  std::optional<std::string> labels;
  std::optional<std::string> id;
  std::optional<std::string> weight;
  std::optional<std::string> group;
  std::optional<std::string> classes;  ///< names separated by commas, or a file with one name per line
  bool logits = false;
  bool probabilities = false;
  std::optional<std::string> scale;       ///< "one" or "percent"
  std::optional<std::string> on_invalid;  ///< "error" or "skip"
  bool renormalize = false;
  bool hash = false;
  std::optional<std::size_t> threads;
  bool quiet = false;
};

/// Which of these a command takes.
enum class input_scope {
  measuring,  ///< all
  comparing,  ///< one label a row; no groups
  learning,   ///< scores of all classes, one label a row, weights
  mapping,    ///< scores alone; their kind and classes may be known already
};

/// Declares the input options of a command and returns them.
std::vector<CLI::Option*> declare_input(CLI::App& command, input_arguments& arguments, input_scope scope);
void declare_threads(CLI::App& command, input_arguments& arguments);

/// Refuses options that contradict one another.
void check_input(const input_arguments& arguments);

[[nodiscard]] input_options input_of(const input_arguments& arguments);
[[nodiscard]] pass_options pass_of(const input_arguments& arguments);

/// Names separated by commas, or those in a file, one per line.
[[nodiscard]] std::vector<std::string> class_list(const std::string& list_or_file);

}  // namespace calibrant::cli
