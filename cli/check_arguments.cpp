#include <CLI/CLI.hpp>

#include "cli/check.hpp"
#include "cli/help_option.hpp"
#include "cli/validators.hpp"

namespace calibrant::cli {
namespace {

constexpr const char* examples =
    "A gate for pipelines: limits are judged on confidence bounds, so that chance neither passes nor fails a model. It "
    "fails where a bound proves a limit broken, passes where bounds prove all limits kept, and otherwise says how many "
    "more labels would tell. PRED is what calibrant evaluate reads, or states that it saved.\n"
    "\n"
    "examples:\n"
    "  is the calibration error at most 3 %?\n"
    "    calibrant check preds.csv --probabilities --scores 'p_*' --max ece=0.03\n"
    "  limits of a file, and results for a pipeline\n"
    "    calibrant check preds.parquet --logits --limits limits.toml --junit check.xml --markdown check.md\n"
    "  every country and every class\n"
    "    calibrant check preds.parquet --probabilities --group country --max ece=0.05 --per-group\n"
    "    calibrant check preds.parquet --probabilities --max classwise_ece=0.02 --min accuracy=0.9 --per-class\n"
    "  a saved state, which must not be worse than that of the last release\n"
    "    calibrant check new.cstate --no-worse-than release.cstate\n";

void declare_limits(CLI::App& command, check_options& o) {
  const char* const group = "limits";
  command.add_option("--limits", o.limits, "Limits in TOML, such as ece = 0.03 below [max]; see docs/how-to/gate.md")
      ->type_name("FILE")
      ->group(group);
  command.add_option("--max", o.most, "The metric shall be at most the limit, such as ece=0.03; may be given again")
      ->type_name("METRIC=LIMIT")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group(group);
  command.add_option("--min", o.least, "The metric shall be at least the limit, such as accuracy=0.9; as above")
      ->type_name("METRIC=LIMIT")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group(group);
  command
      .add_option("--no-worse-than", o.no_worse_than,
                  "No limited metric (without limits: ece, accuracy, log_loss and brier) shall be significantly worse "
                  "than in this saved state of other rows")
      ->type_name("STATE")
      ->group(group);
  command
      .add_option("--margin", o.margins,
                  "With --no-worse-than: by how much the metric may be worse, such as ece=0.01; it then has to be "
                  "proved, as a limit")
      ->type_name("METRIC=LIMIT")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group(group);
  command.add_flag("--per-group", o.per_group, "Limits hold for every group as well")->group(group);
  command
      .add_flag(
          "--per-class", o.per_class,
          "Limits of classwise_ece, and of ece and accuracy among the rows predicted as the class, hold for every "
          "class as well")
      ->group(group);
  command
      .add_option(
          "--level", o.level,
          "Level of the bounds: a false pass or failure has a probability of at most 1 less it. Without it 0.95")
      ->type_name("P")
      ->check(number<double>("a number above 0.5 and below 1, such as 0.95", [](double x) { return x > 0.5 && x < 1; }))
      ->group(group);
}

}  // namespace

std::vector<const CLI::Option*> declare_check(CLI::App& root, check_options& o) {
  CLI::App& command =
      *root.add_subcommand("check", "Fail a pipeline where calibration is worse than limits, with proof");
  command.footer(examples);
  std::vector<const CLI::Option*> input;
  const auto of_input = [&](CLI::Option* option) {
    input.push_back(option);
    return option;
  };
  for (CLI::Option* const option : declare_input(command, o, input_scope::measuring))
    if (option->nonpositional()) of_input(option);
  of_input(
      command.add_option(
          "--weight-kind", o.weight_kind,
          "What weights mean: how often a row occurred (frequency, the default) or a likelihood ratio (importance)"))
      ->type_name("frequency|importance")
      ->check(one_of({"frequency", "importance"}))
      ->group("what the input means");
  declare_limits(command, o);
  of_input(command.add_option("--bins", o.bins, "Number of equal-width bins; without it 15"))
      ->type_name("N")
      ->check(number<std::size_t>("a whole number from 1 to 65536", [](std::size_t n) { return n >= 1 && n <= 65536; }))
      ->group("limits");
  of_input(command.add_option(
               "--log-floor", o.log_floor,
               "Probabilities below this count as this in the log loss; without it a zero is an infinite loss"))
      ->type_name("P")
      ->check(number<double>("a number above 0 and below 1, such as 1e-15", [](double x) { return x > 0 && x < 1; }))
      ->group("limits");
  declare_metric_options(command, o, metric_option_role::judges, "limits");

  const char* const group = "output";
  command
      .add_option("--json", o.json, "Write the result as JSON; - is standard output, which then carries nothing else")
      ->type_name("FILE|-")
      ->group(group);
  command.add_option("--junit", o.junit, "Write JUnit XML, a test case per limit; - as above")
      ->type_name("FILE|-")
      ->group(group);
  command.add_option("--markdown", o.markdown, "Write a summary as Markdown; - as above")
      ->type_name("FILE|-")
      ->group(group);
  of_input(command.add_flag("--hash", o.hash, "Record the SHA-256 of every input file in the result"))->group(group);
  command.add_flag("--quiet", o.quiet, "No table and no progress line")->group(group);
  declare_threads(command, o);
  add_help(command);
  return input;
}

}  // namespace calibrant::cli
