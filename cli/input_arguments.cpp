#include "cli/input_arguments.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <utility>

#include <calibrant/core/error.hpp>
#include <calibrant/core/text_list.hpp>

#include "cli/validators.hpp"

namespace calibrant::cli {
namespace {

[[noreturn]] void refuse(const std::string& sentence) { throw error(error_code::invalid_argument, sentence); }

/// One name per line; a final line break ends the last line, and a carriage return before a line break belongs to it.
std::vector<std::string> read_names(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw error(error_code::missing_input,
                path +
                    ": cannot read the class names, expected a file with one name per line or, in --classes, names "
                    "separated by commas; check the path");
  std::vector<std::string> names;
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with('\r')) line.pop_back();
    names.push_back(std::move(line));
  }
  return names;
}

}  // namespace

std::vector<CLI::Option*> declare_input(CLI::App& command, input_arguments& arguments, input_scope scope) {
  input_arguments& o = arguments;
  std::vector<CLI::Option*> input;
  const auto of_input = [&](CLI::Option* option) {
    input.push_back(option);
    return option;
  };
  const char* group = "what the input means";
  of_input(command.add_option("PRED", o.predictions,
                              "Files of predictions: .csv, .parquet, .arrow, .npz, .npy, .jsonl and others"));
  of_input(command.add_flag("--probabilities", o.probabilities, "The scores are probabilities: each row sums to 1"))
      ->group(group);
  of_input(command.add_flag("--logits", o.logits, "The scores are logits or log-probabilities"))->group(group);
  of_input(
      command.add_option("--scale", o.scale, "What a whole probability is: 1 (one, the default), or 100 (percent)"))
      ->type_name("one|percent")
      ->check(one_of({"one", "percent"}))
      ->group(group);
  of_input(command.add_option("--scores", o.scores,
                              "Score columns: a pattern such as 'p_*', whose * is the class name, or names separated "
                              "by commas; or the one column, array or field that holds all scores of a row. Without "
                              "it the only such column, else every column that has no other role"))
      ->type_name("PATTERN|LIST")
      ->group(group);
  of_input(command.add_option("--positive", o.positive,
                              "Of two classes the one whose probability (with --logits: log-odds) stands in the "
                              "column, instead of --scores. The labels are the two names, or 1 for it and 0"))
      ->type_name("NAME COLUMN")
      ->expected(2)
      ->group(group);
  if (scope == input_scope::measuring || scope == input_scope::comparing) {
    of_input(command.add_option("--confidence", o.confidence,
                                "Column of the probability of the predicted class, where nothing else is known of a "
                                "row; with --prediction or --correct. What needs all classes has no value then"))
        ->type_name("COLUMN")
        ->group(group);
    of_input(command.add_option("--prediction", o.prediction, "Column of the predicted class, beside --confidence"))
        ->type_name("COLUMN")
        ->group(group);
    of_input(command.add_option("--correct", o.correct,
                                "Column that says whether the prediction is right (1, 0, true, false), beside "
                                "--confidence and instead of labels"))
        ->type_name("COLUMN")
        ->group(group);
  }
  if (scope != input_scope::mapping)
    of_input(command.add_option("--label", o.label, "Column of the true class; without it \"label\""))
        ->type_name("COLUMN")
        ->group(group);
  if (scope == input_scope::measuring)
    of_input(command.add_option("--soft-labels", o.soft_labels,
                                "Columns of the probability that a class is the true one, instead of --label: a "
                                "pattern whose * is the class, or names in the order of the classes. 0 and 1 alone "
                                "are one-hot labels"))
        ->type_name("PATTERN|LIST")
        ->group(group);
  if (scope != input_scope::mapping) {
    of_input(command.add_option("--labels", o.labels,
                                "Labels in a file of their own (and weights and groups), in the same order of rows or "
                                "joined by --id"))
        ->type_name("FILE")
        ->group(group);
    of_input(
        command.add_option(
            "--id", o.id,
            scope == input_scope::measuring
                ? "Column that names the rows: tells in both files which label belongs to which row, and rows with "
                  "the same id are drawn together by --bootstrap"
            : scope == input_scope::comparing
                ? "Column that names the rows, which then may stand in any order: every id once in every file"
                : "Column that names the rows: tells in both files which label belongs to which row, and rows with "
                  "the same id (of one patient, of one video) stay in the same fold of a cross-validation"))
        ->type_name("COLUMN")
        ->group(group);
  }
  of_input(command.add_option(
               "--classes", o.classes,
               "Class names in the order of the score columns, separated by commas; or a file with one name per line"))
      ->type_name("LIST|FILE")
      ->group(group);
  if (scope != input_scope::mapping)
    of_input(command.add_option("--weight", o.weight, "Column of row weights"))->type_name("COLUMN")->group(group);
  if (scope == input_scope::measuring)
    of_input(command.add_option("--group", o.group,
                                "Column that splits the rows into groups, each measured on its own as well"))
        ->type_name("COLUMN")
        ->group(group);
  if (scope != input_scope::mapping)
    of_input(command.add_option("--on-invalid", o.on_invalid,
                                "Rows that cannot be used: refuse the data (error, the default) or leave them out and "
                                "count them (skip). Messages count rows from 0 and lines of a file from 1"))
        ->type_name("error|skip")
        ->check(one_of({"error", "skip"}))
        ->group(group);
  of_input(command.add_flag("--renormalize", o.renormalize,
                            "Divide rows of probabilities by their sum instead of refusing those that miss 1"))
      ->group(group);
  return input;
}

void declare_threads(CLI::App& command, input_arguments& arguments) {
  command
      .add_option("--threads", arguments.threads,
                  "Number of threads; without it one per processor. The result does not depend on it")
      ->type_name("N")
      ->check(number<std::size_t>("a whole number from 1 to 1024", [](std::size_t n) { return n >= 1 && n <= 1024; }))
      ->group("other");
}

void check_input(const input_arguments& arguments) {
  const input_arguments& o = arguments;
  if (o.logits && o.probabilities)
    refuse(
        "--logits and --probabilities contradict each other, expected the one that says what the scores are; remove "
        "the other");
  if (o.logits && o.scale)
    refuse(
        "--scale says what a whole probability is, but --logits says that the scores are logits; remove one of them");
  if (o.logits && o.renormalize)
    refuse(
        "--renormalize divides probabilities by their sum, but --logits says that the scores are logits; remove one of "
        "them");
  if (o.renormalize && (o.confidence || !o.positive.empty()))
    refuse(std::string("--renormalize divides rows by their sum, but ") +
           (o.confidence ? "--confidence is one number" : "with --positive they always sum to 1") +
           "; remove --renormalize");
  if (o.label && (o.correct || o.soft_labels))
    refuse(std::string("--label and ") + (o.correct ? "--correct" : "--soft-labels") +
           " contradict each other, expected one of them as the truth");
}

input_options input_of(const input_arguments& arguments) {
  const input_arguments& o = arguments;
  input_options input;
  input.paths = o.predictions;
  input.scores = o.scores;
  if (!o.positive.empty()) input.positive = {.name = o.positive[0], .column = o.positive[1]};
  input.confidence = o.confidence;
  input.prediction = o.prediction;
  input.correct = o.correct;
  if (o.label) input.label = *o.label;
  input.soft_labels = o.soft_labels;
  input.labels_file = o.labels;
  input.id = o.id;
  input.weight = o.weight;
  input.group = o.group;
  if (o.classes) input.classes = class_list(*o.classes);
  if (o.logits) input.kind = score_kind::logits;
  if (o.probabilities) input.kind = score_kind::probabilities;
  input.percent = o.scale == "percent";
  input.hash = o.hash;
  return input;
}

pass_options pass_of(const input_arguments& arguments) {
  return {.on_invalid = arguments.on_invalid == "skip" ? invalid_policy::skip : invalid_policy::error,
          .renormalize = arguments.renormalize};
}

std::vector<std::string> class_list(const std::string& list_or_file) {
  // A list of two or more names has a comma; everything else is a file.
  return list_or_file.find(',') != std::string::npos ? split_list(list_or_file) : read_names(list_or_file);
}

}  // namespace calibrant::cli
