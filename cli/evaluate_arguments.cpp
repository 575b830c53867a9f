#include "cli/evaluate_arguments.hpp"

#include <string>

#include <calibrant/metrics/peers/peer_catalog.hpp>

#include "cli/help_option.hpp"
#include "cli/validators.hpp"

namespace calibrant::cli {
namespace {

constexpr const char* evaluate_examples =
    "Reads .csv, .tsv, .parquet, .arrow, .feather, .npz, .jsonl, .ndjson and .npy (scores, with --labels); "
    "docs/formats/predictions.md says what each holds. Several PRED are shards of one data set, in order. Nothing "
    "is guessed: say what "
    "the scores are with --probabilities or --logits (log-probabilities are logits). Labels are matched to the classes "
    "by name.\n"
    "\n"
    "examples:\n"
    "  a table with columns p_cat, p_dog, p_owl and label\n"
    "    calibrant evaluate preds.csv --probabilities --scores 'p_*'\n"
    "  arrays of logits and labels, and the result for a program\n"
    "    calibrant evaluate logits.npy --labels labels.npy --logits --json result.json\n"
    "  what a language model says of its own answers, and whether they were right\n"
    "    calibrant evaluate answers.csv --confidence stated --correct ok\n"
    "  two models side by side\n"
    "    calibrant evaluate old.parquet new.parquet --each --probabilities\n"
    "  labels of another table\n"
    "    calibrant evaluate scores.parquet --logits --labels truth.csv --id image\n"
    "  shards, each country on its own, rows that cannot be used left out\n"
    "    calibrant evaluate day1.parquet day2.parquet --probabilities --group country --on-invalid skip\n"
    "  log-probabilities of a language model's options, some rows with fewer of them\n"
    "    calibrant evaluate answers.jsonl --logits --scores choice.logprobs --label answer --classes A,B,C,D\n"
    "  one state per machine, merged and shown later\n"
    "    calibrant evaluate part1.parquet --logits --state part1.cstate --quiet\n"
    "    calibrant merge part1.cstate part2.cstate -o all.cstate\n"
    "    calibrant evaluate --from-state all.cstate --json -\n";

}  // namespace

std::vector<const CLI::Option*> declare_evaluate(CLI::App& root, evaluate_options& options) {
  CLI::App& command = *root.add_subcommand("evaluate", "Measure how well calibrated saved predictions are");
  command.footer(evaluate_examples);
  evaluate_options& o = options;
  std::vector<const CLI::Option*> input;
  const auto of_input = [&](CLI::Option* option) {
    input.push_back(option);
    return option;
  };
  for (CLI::Option* const option : declare_input(command, o, input_scope::measuring)) of_input(option);

  of_input(command.add_flag("--each", o.each,
                            "Measure every PRED on its own, side by side, instead of all as shards of one data set; "
                            "the JSON result is then an array"))
      ->group("what the input means");

  const char* group = "what the input means";
  of_input(
      command.add_option(
          "--weight-kind", o.weight_kind,
          "What weights mean: how often a row occurred (frequency, the default) or a likelihood ratio (importance)"))
      ->type_name("frequency|importance")
      ->check(one_of({"frequency", "importance"}))
      ->group(group);
  command.add_option("--from-state", o.from_state, "Show a saved state instead of reading predictions")
      ->type_name("STATE")
      ->group(group);

  group = "what is measured";
  of_input(command.add_option("--bins", o.bins, "Number of equal-width bins; without it 15, or what --peer takes"))
      ->type_name("N")
      ->check(number<std::size_t>("a whole number from 1 to 65536", [](std::size_t n) { return n >= 1 && n <= 65536; }))
      ->group(group);
  of_input(
      command.add_option("--peer", o.peer,
                         "Metrics and bins as another package computes them, without intervals: " + peer_names(", ")))
      ->type_name("NAME")
      ->group(group);
  of_input(command.add_option(
               "--log-floor", o.log_floor,
               "Probabilities below this count as this in the log loss; without it a zero is an infinite loss"))
      ->type_name("P")
      ->check(number<double>("a number above 0 and below 1, such as 1e-15", [](double x) { return x > 0 && x < 1; }))
      ->group(group);
  of_input(command.add_option("--exact-rows", o.exact_rows,
                              "Rows up to which metrics over sorted confidences are exact (ace and tace: 50 "
                              "probabilities for each); above, they read micro-bins. Without it 2000000"))
      ->type_name("N")
      ->check(number<std::uint64_t>("a whole number of at least 0", [](std::uint64_t) { return true; }))
      ->group(group);
  command.add_option("--level", o.level, "Level of the intervals; without it 0.95")
      ->type_name("P")
      ->check(number<double>("a number above 0 and below 1, such as 0.95", [](double x) { return x > 0 && x < 1; }))
      ->group(group);
  command
      .add_option("--metrics", o.metrics,
                  "Names of metrics separated by commas, or all; without it the default panel. Only what they "
                  "need is measured; classes are told of if one of them is about classes")
      ->type_name("LIST")
      ->group(group);
  declare_metric_options(command, o, metric_option_role::asks, group);
  command
      .add_option("--bootstrap", o.bootstrap,
                  "Add a standard error and an interval by so many replicates of the rows to every metric; the rows "
                  "stay in memory")
      ->type_name("R")
      ->check(number<std::size_t>("a whole number of at least 2, such as 1000", [](std::size_t r) { return r >= 2; }))
      ->group(group);
  command
      .add_option("--draws", o.draws,
                  "How often tests such as t_cal draw the labels; without it 1000. No p-value is below 1/(R + 1)")
      ->type_name("R")
      ->check(number<std::size_t>("a whole number of at least 1, such as 1000", [](std::size_t r) { return r >= 1; }))
      ->group(group);
  command.add_option("--seed", o.seed, "Seed of the replicates and of metrics that draw labels; without it 0")
      ->type_name("N")
      ->check(number<std::uint64_t>("a whole number of at least 0", [](std::uint64_t) { return true; }))
      ->group(group);
  command
      .add_flag("--per-class", o.per_class,
                "Every class: in the table, and its reliability diagram in the JSON result, which above 100 classes "
                "is left out otherwise")
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
      .add_option("--report", o.report,
                  "Write the page of calibrant report, with these metrics: one HTML file; - as above")
      ->type_name("FILE|-")
      ->group(group);
  of_input(command.add_option("--state", o.state, "Save the state, which merges with others"))
      ->type_name("FILE")
      ->group(group);
  of_input(command.add_flag("--hash", o.hash, "Record the SHA-256 of every input file in the result"))->group(group);
  command.add_flag("--quiet", o.quiet, "No panel and no progress line")->group(group);

  declare_threads(command, o);
  add_help(command);
  return input;
}

}  // namespace calibrant::cli
