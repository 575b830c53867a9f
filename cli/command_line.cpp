#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/simd_target.hpp>
#include <calibrant/io/parquet_plugin.hpp>
#include <calibrant/version.hpp>

#include "cli/apply.hpp"
#include "cli/audit.hpp"
#include "cli/calibrators.hpp"
#include "cli/check.hpp"
#include "cli/command_description.hpp"
#include "cli/compare.hpp"
#include "cli/completion.hpp"
#include "cli/diff.hpp"
#include "cli/evaluate.hpp"
#include "cli/evaluate_arguments.hpp"
#include "cli/exit_code.hpp"
#include "cli/export.hpp"
#include "cli/fit.hpp"
#include "cli/help_option.hpp"
#include "cli/help_text.hpp"
#include "cli/info.hpp"
#include "cli/man_page.hpp"
#include "cli/merge.hpp"
#include "cli/metrics.hpp"
#include "cli/nearest_name.hpp"
#include "cli/plot.hpp"
#include "cli/report.hpp"
#include "cli/terminal.hpp"
#include "cli/validators.hpp"

namespace calibrant::cli {
namespace {

[[noreturn]] void refuse(const std::string& sentence) { throw error(error_code::invalid_argument, sentence); }

constexpr const char* exit_codes =
    "exit status:\n"
    "  0  done; of check: it passes\n"
    "  1  of check: it fails\n"
    "  2  the command line is wrong\n"
    "  3  something about files or data, outputs included; nothing is half-written\n"
    "  4  a fault of calibrant itself\n"
    "  5  of check: it cannot tell yet, for want of labels\n";

constexpr const char* environment =
    "environment:\n"
    "  CALIBRANT_SIMD  uses another instruction set than the best (calibrant info lists them)\n"
    "  NO_COLOR        no colour, whatever its value\n"
    "  COLUMNS         width of text, instead of the terminal's\n";

/// The parser of the whole command, with the options that it fills.
class command_parser {
 public:
  command_parser()
      : app_("Tells whether the probabilities of a multi-class classifier can be trusted, and corrects them",
             "calibrant") {
    app_.set_help_flag("-h,--help", "Show help, also after a command");
    app_.set_version_flag("--version", "calibrant " + std::string(version_string), "Show the version");
    app_.require_subcommand(1);
    app_.footer(
        "calibrant evaluate --help and calibrant fit --help show examples; calibrant metrics says what each number "
        "means, calibrant calibrators what each method does.\n"
        "\n"
        "  calibrant evaluate preds.csv --probabilities --scores 'p_*'\n"
        "  calibrant fit held_out.csv --probabilities --scores 'p_*' -o model.calibrant\n"
        "  calibrant apply model.calibrant preds.csv -o calibrated.csv\n"
        "\n" +
        std::string(exit_codes) + "\n" + environment);
    of_input_ = declare_evaluate(app_, evaluate_);
    declare_compare(app_, compare_);
    of_check_input_ = declare_check(app_, check_);
    declare_diff(app_, diff_);
    declare_fit(app_, fit_);
    declare_apply(app_, apply_);
    declare_export(app_, export_);
    declare_plot(app_, plot_);
    declare_report(app_, report_);
    declare_audit(app_, audit_);
    declare_merge();
    declare_info();
    declare_metrics();
    declare_calibrators(app_, calibrators_);
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
    CLI::App& command = *app_.add_subcommand("info", "Describe this build on this machine, or a state or model file");
    command.footer("  calibrant info\n  calibrant info all.cstate\n  calibrant info model.calibrant\n");
    command.add_option("FILE", info_.file, "A state or model file");
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

  exit_code dispatch(const std::string& typed) {
    use_environment();
    const std::string command = app_.get_subcommands().front()->get_name();
    if (command == "evaluate") {
      if (evaluate_.from_state) refuse_input_beside_state();
      return cli::run(evaluate_, typed);
    }
    if (command == "check") {
      if (reads_states(check_)) refuse_input_beside_states();
      return cli::run(check_, typed);
    }
    if (command == "diff") return cli::run(diff_, typed);
    if (command == "compare") return cli::run(compare_, typed);
    if (command == "fit") return cli::run(fit_);
    if (command == "apply") return cli::run(apply_);
    if (command == "export") return cli::run(export_);
    if (command == "plot") return cli::run(plot_);
    if (command == "report") return cli::run(report_, typed);
    if (command == "audit") return cli::run(audit_, typed);
    if (command == "merge") return cli::run(merge_);
    if (command == "info") return cli::run(info_);
    if (command == "metrics") return cli::run(metrics_);
    if (command == "calibrators") return cli::run(calibrators_);
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

  void refuse_input_beside_states() const {
    for (const CLI::Option* option : of_check_input_)
      if (option->count() > 0)
        refuse("check: a state has its input and bins fixed, so " + option->get_name() +
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
        std::all_of(type.begin(), type.end(), [](char c) { return c == '|' || c == '-' || (c >= 'a' && c <= 'z'); }))
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
  std::vector<const CLI::Option*> of_check_input_;
  evaluate_options evaluate_;
  compare_options compare_;
  check_options check_;
  diff_arguments diff_;
  fit_options fit_;
  apply_options apply_;
  export_options export_;
  plot_options plot_;
  report_arguments report_;
  audit_arguments audit_;
  merge_options merge_;
  info_options info_;
  metrics_options metrics_;
  calibrators_options calibrators_;
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
