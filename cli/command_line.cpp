#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/simd_target.hpp>
#include <calibrant/io/parquet_plugin.hpp>
#include <calibrant/metrics/peers/peer_catalog.hpp>
#include <calibrant/version.hpp>

#include "cli/command_description.hpp"
#include "cli/completion.hpp"
#include "cli/evaluate.hpp"
#include "cli/exit_code.hpp"
#include "cli/help_text.hpp"
#include "cli/info.hpp"
#include "cli/man_page.hpp"
#include "cli/merge.hpp"
#include "cli/metrics.hpp"
#include "cli/nearest_name.hpp"
#include "cli/terminal.hpp"

namespace calibrant::cli {
namespace {

[[noreturn]] void refuse(const std::string& sentence) { throw error(error_code::invalid_argument, sentence); }

/// A number in the domain that `accepts` tells, described by `domain`.
template <class Number>
CLI::Validator number(const std::string& domain, const std::function<bool(Number)>& accepts) {
  return {[domain, accepts](std::string& text) {
            Number x{};
            const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), x);
            if (failure == std::errc() && end == text.data() + text.size() && accepts(x)) return std::string();
            return "got \"" + text + "\", expected " + domain;
          },
          ""};
}

CLI::Validator one_of(const std::vector<std::string>& choices) {
  return {[choices](std::string& text) {
            if (std::find(choices.begin(), choices.end(), text) != choices.end()) return std::string();
            std::string known;
            for (std::size_t i = 0; i < choices.size(); ++i)
              known += (i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ") + choices[i];
            return "got \"" + text + "\", expected " + known;
          },
          ""};
}

constexpr const char* exit_codes =
    "exit status:\n"
    "  0  done\n"
    "  2  the command line is wrong\n"
    "  3  something about files or data, outputs included; nothing is half-written\n"
    "  4  a fault of calibrant itself\n";

constexpr const char* environment =
    "environment:\n"
    "  CALIBRANT_SIMD  uses another instruction set than the best (calibrant info lists them)\n"
    "  NO_COLOR        no colour, whatever its value\n"
    "  COLUMNS         width of text, instead of the terminal's\n";

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

/// The parser of the whole command, with the options that it fills.
class command_parser {
 public:
  command_parser() : app_("Tells whether the probabilities of a multi-class classifier can be trusted", "calibrant") {
    app_.set_help_flag("-h,--help", "Show help, also after a command");
    app_.set_version_flag("--version", "calibrant " + std::string(version_string), "Show the version");
    app_.require_subcommand(1);
    app_.footer(
        "calibrant evaluate --help shows examples; calibrant metrics says what each number means.\n"
        "\n"
        "  calibrant evaluate preds.csv --probabilities --scores 'p_*'\n"
        "\n" +
        std::string(exit_codes) + "\n" + environment);
    declare_evaluate();
    declare_merge();
    declare_info();
    declare_metrics();
    declare_completion();
    declare_man();
  }

  /// Parses and runs. `typed` is the command line for the record.
  exit_code run(std::vector<std::string> arguments, const std::string& typed) {
    if (arguments.empty()) refuse("no command, expected one of " + list_of_commands() + "; see calibrant --help");
    const std::vector<std::string> commands = command_names();
    if (!arguments.front().starts_with('-') &&
        std::find(commands.begin(), commands.end(), arguments.front()) == commands.end())
      refuse("unknown command \"" + arguments.front() + "\", expected one of " + list_of_commands() +
             way_out(arguments.front(), commands));
    std::reverse(arguments.begin(), arguments.end());
    try {
      app_.parse(std::move(arguments));
    } catch (const CLI::CallForHelp&) {
      write_to_stdout(help());
      return exit_code::success;
    } catch (const CLI::CallForVersion& version) {
      write_to_stdout(std::string(version.what()) + '\n');
      return exit_code::success;
    } catch (const CLI::ExtrasError&) {
      refuse(unexpected_argument());
    } catch (const CLI::ParseError& failure) {
      refuse(about(failure) + "; see " + invocation() + " --help");
    }
    return dispatch(typed);
  }

 private:
  void declare_evaluate() {
    CLI::App& command = *app_.add_subcommand("evaluate", "Measure how well calibrated saved predictions are");
    command.footer(evaluate_examples);
    evaluate_options& o = evaluate_;
    // What is about the input belongs to the pass; a state has fixed all of it.
    const auto of_input = [&](CLI::Option* option) {
      of_input_.push_back(option);
      return option;
    };
    of_input(command.add_option("PRED", o.predictions,
                                "Files of predictions: .csv, .parquet, .arrow, .npz, .npy, .jsonl and others"));

    of_input(command.add_flag("--each", o.each,
                              "Measure every PRED on its own, side by side, instead of all as shards of one data set; "
                              "the JSON result is then an array"))
        ->group("what the input means");

    const char* group = "what the input means";
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
    of_input(command.add_option("--label", o.label, "Column of the true class; without it \"label\""))
        ->type_name("COLUMN")
        ->group(group);
    of_input(command.add_option("--soft-labels", o.soft_labels,
                                "Columns of the probability that a class is the true one, instead of --label: a "
                                "pattern whose * is the class, or names in the order of the classes. 0 and 1 alone "
                                "are one-hot labels"))
        ->type_name("PATTERN|LIST")
        ->group(group);
    of_input(command.add_option("--labels", o.labels,
                                "Labels in a file of their own (and weights and groups), in the same order of rows or "
                                "joined by --id"))
        ->type_name("FILE")
        ->group(group);
    of_input(command.add_option(
                 "--id", o.id,
                 "Column that names the rows: tells in both files which label belongs to which row, and rows with "
                 "the same id are drawn together by --bootstrap"))
        ->type_name("COLUMN")
        ->group(group);
    of_input(
        command.add_option(
            "--classes", o.classes,
            "Class names in the order of the score columns, separated by commas; or a file with one name per line"))
        ->type_name("LIST|FILE")
        ->group(group);
    of_input(command.add_option("--weight", o.weight, "Column of row weights"))->type_name("COLUMN")->group(group);
    of_input(
        command.add_option(
            "--weight-kind", o.weight_kind,
            "What weights mean: how often a row occurred (frequency, the default) or a likelihood ratio (importance)"))
        ->type_name("frequency|importance")
        ->check(one_of({"frequency", "importance"}))
        ->group(group);
    of_input(command.add_option("--group", o.group,
                                "Column that splits the rows into groups, each measured on its own as well"))
        ->type_name("COLUMN")
        ->group(group);
    of_input(command.add_option("--on-invalid", o.on_invalid,
                                "Rows that cannot be used: refuse the data (error, the default) or leave them out and "
                                "count them (skip). Messages count rows from 0 and lines of a file from 1"))
        ->type_name("error|skip")
        ->check(one_of({"error", "skip"}))
        ->group(group);
    of_input(command.add_flag("--renormalize", o.renormalize,
                              "Divide rows of probabilities by their sum instead of refusing those that miss 1"))
        ->group(group);
    command.add_option("--from-state", o.from_state, "Show a saved state instead of reading predictions")
        ->type_name("STATE")
        ->group(group);

    group = "what is measured";
    of_input(command.add_option("--bins", o.bins, "Number of equal-width bins; without it 15, or what --peer takes"))
        ->type_name("N")
        ->check(
            number<std::size_t>("a whole number from 1 to 65536", [](std::size_t n) { return n >= 1 && n <= 65536; }))
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
    command.add_option("--norm", o.norm, "Add ece_lp, the calibration error with this power of the gaps")
        ->type_name("P")
        ->check(number<double>("a finite number of at least 1",
                               [](double x) { return x >= 1 && x <= std::numeric_limits<double>::max(); }))
        ->group(group);
    command
        .add_option("--top-k", o.top_k,
                    "Add top_k_accuracy, how often the right class is among so many most likely ones")
        ->type_name("K")
        ->check(number<std::size_t>("a whole number of at least 1", [](std::size_t k) { return k >= 1; }))
        ->group(group);
    command.add_option("--min-probability", o.min_probability, "Probabilities that tace leaves out; without it 0.01")
        ->type_name("P")
        ->check(number<double>("a number of at least 0 and below 1, such as 0.01",
                               [](double x) { return x >= 0 && x < 1; }))
        ->group(group);
    command
        .add_option("--coverage", o.coverage,
                    "Add risk_at_coverage, the rate of errors among this share of the rows, the most confident ones")
        ->type_name("P")
        ->check(number<double>("a number above 0 and at most 1, such as 0.8", [](double x) { return x > 0 && x <= 1; }))
        ->group(group);
    const auto share = [](double x) { return x >= 0 && x <= 1; };
    command
        .add_option("--risk", o.risk,
                    "Add coverage_at_risk, the largest share of the rows that has at most this rate of errors")
        ->type_name("P")
        ->check(number<double>("a number from 0 to 1, such as 0.05", share))
        ->group(group);
    command
        .add_option("--threshold", o.threshold,
                    "Add selective_risk and coverage: the rate of errors among the rows of at least this confidence, "
                    "and their share")
        ->type_name("P")
        ->check(number<double>("a number from 0 to 1, such as 0.9", share))
        ->group(group);
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
    of_input(command.add_option("--state", o.state, "Save the state, which merges with others"))
        ->type_name("FILE")
        ->group(group);
    of_input(command.add_flag("--hash", o.hash, "Record the SHA-256 of every input file in the result"))->group(group);
    command.add_flag("--quiet", o.quiet, "No panel and no progress line")->group(group);

    command
        .add_option("--threads", o.threads,
                    "Number of threads; without it one per processor. The result does not depend on it")
        ->type_name("N")
        ->check(number<std::size_t>("a whole number from 1 to 1024", [](std::size_t n) { return n >= 1 && n <= 1024; }))
        ->group("other");
    add_help(command);
  }

  void declare_merge() {
    CLI::App& command =
        *app_.add_subcommand("merge", "Merge states of shards into one, as if all rows had been read at once");
    command.footer("  calibrant merge a.cstate b.cstate -o all.cstate\n  calibrant evaluate --from-state all.cstate\n");
    command.add_option("STATE", merge_.states, "State files of the same configuration")->required();
    command.add_option("-o,--output", merge_.output, "Where to write the merged state")
        ->type_name("FILE")
        ->required()
        ->group("output");
    add_help(command);
  }

  void declare_info() {
    CLI::App& command = *app_.add_subcommand("info", "Describe this build on this machine, or a state file");
    command.footer("  calibrant info\n  calibrant info all.cstate\n");
    command.add_option("STATE", info_.state, "A state file");
    add_help(command);
  }

  void declare_metrics() {
    CLI::App& command = *app_.add_subcommand("metrics", "Say what every metric means");
    command.footer("  calibrant metrics\n  calibrant metrics --markdown > metrics.md\n");
    command.add_flag("--json", metrics_.json, "The catalogue as JSON")->group("output");
    command.add_flag("--markdown", metrics_.markdown, "The catalogue as a Markdown table")->group("output");
    command.add_flag("--json-schema", metrics_.json_schema, "The JSON Schema of the result of evaluate --json")
        ->group("output");
    command.add_flag("--peers", metrics_.peers, "What evaluate --peer knows of each package, as JSON")->group("output");
    add_help(command);
  }

  void declare_completion() {
    CLI::App& command = *app_.add_subcommand("completion", "Print the completion script of a shell");
    command.footer(
        "  bash  eval \"$(calibrant completion bash)\"\n"
        "  zsh   source <(calibrant completion zsh)\n"
        "  fish  calibrant completion fish | source\n");
    command.add_option("SHELL", shell_, "bash, zsh or fish")
        ->required()
        ->type_name("bash|zsh|fish")
        ->check(one_of({"bash", "zsh", "fish"}));
    add_help(command);
  }

  void declare_man() {
    CLI::App& command = *app_.add_subcommand("man", "Print the manual page");
    command.footer("  calibrant man | man -l -\n");
    add_help(command);
  }

  static void add_help(CLI::App& command) { command.set_help_flag("-h,--help", "Show this help")->group("other"); }

  exit_code dispatch(const std::string& typed) {
    use_environment();
    const std::string command = app_.get_subcommands().front()->get_name();
    if (command == "evaluate") {
      if (evaluate_.from_state) refuse_input_beside_state();
      return cli::run(evaluate_, typed);
    }
    if (command == "merge") return cli::run(merge_);
    if (command == "info") return cli::run(info_);
    if (command == "metrics") return cli::run(metrics_);
    const command_description root = describe(app_);
    write_to_stdout(command == "completion" ? completion_script(root, shell_) : man_page(root));
    return exit_code::success;
  }

  /// The library reads neither the environment nor its own place; this face does.
  static void use_environment() {
    if (const char* target = std::getenv("CALIBRANT_SIMD"); target != nullptr && *target != '\0')
      force_simd_target(target);
    std::error_code failure;
    const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", failure).parent_path();
    if (!failure) set_plugin_directories({folder.string(), (folder.parent_path() / "lib" / "calibrant").string()});
  }

  void refuse_input_beside_state() const {
    for (const CLI::Option* option : of_input_)
      if (option->count() > 0)
        refuse("--from-state shows a state whose input and bins are fixed, so " + option->get_name() +
               " cannot change it, expected one or the other; remove " + option->get_name());
  }

  /// What is wrong with an option: our validators say it in full, the parser's own words are put into ours.
  std::string about(const CLI::ParseError& failure) const {
    const std::string text = failure.what();
    const std::string place = &current() == &app_ ? std::string() : current().get_name() + ": ";
    if (const std::size_t required = text.find(": 1 required "); required != std::string::npos)
      return place + text.substr(0, required) + ": got no value, expected " +
             text.substr(required + 13, text.rfind(" missing") - required - 13);
    if (const std::size_t few = text.find(": At least "); few != std::string::npos) {
      const CLI::Option* const option = current().get_option_no_throw(text.substr(0, few));
      return place + text.substr(0, few) + ": got too few values, expected " +
             (option == nullptr ? std::string("more") : option->get_type_name());
    }
    if (const std::size_t often = text.find(": At Most 1 required"); often != std::string::npos)
      return place + text.substr(0, often) + ": given more than once, expected once";
    if (const std::size_t needed = text.find(" is required"); needed != std::string::npos)
      return place + "there is no " + text.substr(0, needed) + ", expected one";
    return place + text;
  }

  /// For a word in the place of a command.
  static std::string way_out(const std::string& word, const std::vector<std::string>& commands) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(word, ignored)) return "; did you mean calibrant evaluate " + word + "?";
    const std::string meant = suggestion(word, commands);
    return meant.empty() ? "; see calibrant --help" : meant;
  }

  std::string unexpected_argument() const {
    const std::vector<std::string> left = app_.remaining(true);
    const std::string argument = left.empty() ? std::string() : left.front();
    std::vector<std::string> known;
    for (const option_description& option : describe(current()).options)
      known.insert(known.end(), option.names.begin(), option.names.end());
    return std::string(argument.starts_with('-') ? "unknown option " : "unexpected argument ") + argument +
           ", expected what " + invocation() + " --help lists" + suggestion(argument, known);
  }

  /// The command that was typed, or the whole application before one is known.
  const CLI::App& current() const {
    const std::vector<CLI::App*> chosen = app_.get_subcommands();
    return chosen.empty() ? app_ : *chosen.front();
  }
  std::string invocation() const { return &current() == &app_ ? "calibrant" : "calibrant " + current().get_name(); }
  std::string help() const { return help_text(describe(current()), invocation(), inspect_terminal(stdout).width); }

  std::vector<std::string> command_names() const {
    std::vector<std::string> names;
    for (const CLI::App* command : app_.get_subcommands({})) names.push_back(command->get_name());
    return names;
  }
  std::string list_of_commands() const {
    std::string text;
    for (const std::string& name : command_names()) text += (text.empty() ? "" : ", ") + name;
    return text;
  }

  static option_description describe(const CLI::Option& option) {
    option_description result;
    if (option.nonpositional()) {
      for (const std::string& name : option.get_lnames()) result.names.push_back("--" + name);
      for (const std::string& name : option.get_snames()) result.names.push_back("-" + name);
    } else {
      result.names.push_back(option.get_name());
    }
    if (option.get_expected_max() > 0)
      result.value = option.nonpositional() ? option.get_type_name() : option.get_name();
    result.help = option.get_description();
    result.group = option.get_group() == "Options" ? "options" : option.get_group();
    result.repeated = option.get_expected_max() > 1;
    // Choices are written in lower case, kinds of values in capitals.
    const std::string type = option.get_type_name();
    if (type.find('|') != std::string::npos &&
        std::all_of(type.begin(), type.end(), [](char c) { return c == '|' || (c >= 'a' && c <= 'z'); }))
      result.choices = CLI::detail::split(type, '|');
    return result;
  }

  static command_description describe(const CLI::App& app) {
    command_description result;
    result.name = app.get_name();
    result.summary = app.get_description();
    result.details = app.get_footer();
    for (const CLI::Option* option : app.get_options([](const CLI::Option*) { return true; }))
      (option->nonpositional() ? result.options : result.positionals).push_back(describe(*option));
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
      result.commands.push_back(describe(*command));
    return result;
  }

  CLI::App app_;
  std::vector<const CLI::Option*> of_input_;
  evaluate_options evaluate_;
  merge_options merge_;
  info_options info_;
  metrics_options metrics_;
  std::string shell_;
};

/// The command line as a shell would read it back.
std::string typed_command(const std::vector<std::string>& arguments) {
  std::string text = "calibrant";
  for (const std::string& argument : arguments) {
    const bool plain = !argument.empty() && std::all_of(argument.begin(), argument.end(), [](unsigned char c) {
      return std::isalnum(c) != 0 ||
             std::string_view("-_./,=:@%+").find(static_cast<char>(c)) != std::string_view::npos;
    });
    text += ' ';
    if (plain) {
      text += argument;
      continue;
    }
    text += '\'';
    for (const char c : argument) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    text += '\'';
  }
  return text;
}

int fail(exit_code code, const std::string& sentence) noexcept {
  std::fprintf(stderr, "calibrant: %s\n", sentence.c_str());
  return static_cast<int>(code);
}

}  // namespace

int run_command_line(int argc, const char* const* argv) noexcept {
  try {
    const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
    return static_cast<int>(command_parser().run(arguments, typed_command(arguments)));
  } catch (const error& e) {
    const exit_code code = exit_code_of(e.code());
    return fail(code, (code == exit_code::internal ? "internal error, please report it: " : "") + printable(e.what()));
  } catch (const std::exception& e) {
    return fail(exit_code::internal, "internal error, please report it: " + printable(e.what()));
  }
}

}  // namespace calibrant::cli
