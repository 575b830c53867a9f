#include "cli/completion.hpp"

#include <string_view>

#include <calibrant/core/error.hpp>

namespace calibrant::cli {
namespace {

std::string joined(const std::vector<std::string>& words, const std::string& separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

/// In single quotes for a shell.
std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + '\'';
}

/// The first sentence of a help text, without its full stop.
std::string brief(const std::string& help) {
  const std::size_t end = help.find_first_of(".;:");
  return help.substr(0, end);
}

std::vector<std::string> command_names(const command_description& root) {
  std::vector<std::string> names;
  names.reserve(root.commands.size());
  for (const command_description& command : root.commands) names.push_back(command.name);
  return names;
}

std::vector<std::string> option_names(const command_description& command) {
  std::vector<std::string> names;
  for (const option_description& option : command.options)
    names.insert(names.end(), option.names.begin(), option.names.end());
  return names;
}

bool wants_file(const option_description& positional) { return positional.choices.empty() && positional.takes_file(); }

std::string bash_command(const command_description& command) {
  std::string text = "    " + command.name + ")\n      case $previous in\n";
  for (const option_description& option : command.options) {
    if (option.value.empty()) continue;
    text += "        " + joined(option.names, "|") + ") ";
    if (!option.choices.empty())
      text += "COMPREPLY=($(compgen -W '" + joined(option.choices, " ") + "' -- \"$word\")); ";
    else if (option.takes_file())
      text += "compopt -o default; ";
    text += "return ;;\n";
  }
  text += "      esac\n      case $word in\n        -*) COMPREPLY=($(compgen -W '" +
          joined(option_names(command), " ") + "' -- \"$word\")) ;;\n        *) ";
  std::string offers;
  for (const option_description& positional : command.positionals) {
    if (positional.choices.empty() && !wants_file(positional)) continue;
    offers += offers.empty() ? "" : "; ";
    if (positional.choices.empty())
      offers += "compopt -o default";
    else
      offers += "COMPREPLY=($(compgen -W '" + joined(positional.choices, " ") + "' -- \"$word\"))";
  }
  return text + offers + " ;;\n      esac ;;\n";
}

std::string bash_script(const command_description& root) {
  std::string text =
      "# bash completion for calibrant\n_calibrant() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n  COMPREPLY=()\n"
      "  if ((COMP_CWORD == 1)); then\n    COMPREPLY=($(compgen -W '" +
      joined(command_names(root), " ") + ' ' + joined(option_names(root), " ") +
      "' -- \"$word\"))\n    return\n  fi\n  case ${COMP_WORDS[1]} in\n";
  for (const command_description& command : root.commands) text += bash_command(command);
  return text + "  esac\n}\ncomplete -F _calibrant calibrant\n";
}

/// Text inside the brackets of a zsh argument specification.
std::string zsh_escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string zsh_values(const option_description& option) {
  if (!option.choices.empty()) return "(" + joined(option.choices, " ") + ")";
  return option.takes_file() ? "_files" : " ";
}

std::string zsh_command(const command_description& command) {
  std::string text = "    " + command.name + ")\n      _arguments -S";
  for (const option_description& option : command.options)
    for (const std::string& name : option.names)
      text += " \\\n        " +
              quoted(name + '[' + zsh_escaped(brief(option.help)) + ']' +
                     (option.value.empty() ? "" : ':' + zsh_escaped(option.value) + ':' + zsh_values(option)));
  for (const option_description& positional : command.positionals)
    text += " \\\n        " + quoted((positional.repeated ? "*:" : "1:") + zsh_escaped(positional.names.front()) + ':' +
                                     zsh_values(positional));
  return text + " ;;\n";
}

std::string zsh_script(const command_description& root) {
  std::string text = "#compdef calibrant\n_calibrant() {\n  local -a commands\n  commands=(\n";
  for (const command_description& command : root.commands)
    text += "    " + quoted(command.name + ':' + zsh_escaped(brief(command.summary))) + '\n';
  text +=
      "  )\n  if ((CURRENT == 2)); then\n    _describe 'command' commands\n    return\n  fi\n"
      "  local command=$words[2]\n  shift words\n  ((CURRENT--))\n  case $command in\n";
  for (const command_description& command : root.commands) text += zsh_command(command);
  return text +
         "  esac\n}\nif [ \"$funcstack[1]\" = \"_calibrant\" ]; then\n  _calibrant \"$@\"\nelse\n  compdef _calibrant "
         "calibrant\nfi\n";
}

std::string fish_option(const option_description& option, const std::string& condition) {
  std::string text = "complete -c calibrant" + condition;
  for (const std::string& name : option.names)
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (!option.value.empty()) text += " -r";
  if (!option.choices.empty()) text += " -f -a " + quoted(joined(option.choices, " "));
  if (option.takes_file()) text += " -F";
  return text + " -d " + quoted(brief(option.help)) + '\n';
}

std::string fish_script(const command_description& root) {
  std::string text = "# fish completion for calibrant\ncomplete -c calibrant -f\n";
  for (const command_description& command : root.commands)
    text += "complete -c calibrant -n __fish_use_subcommand -a " + command.name + " -d " +
            quoted(brief(command.summary)) + '\n';
  for (const option_description& option : root.options) text += fish_option(option, " -n __fish_use_subcommand");
  for (const command_description& command : root.commands) {
    const std::string condition = " -n '__fish_seen_subcommand_from " + command.name + "'";
    for (const option_description& option : command.options) text += fish_option(option, condition);
    for (const option_description& positional : command.positionals) {
      if (!positional.choices.empty())
        text += "complete -c calibrant" + condition + " -a " + quoted(joined(positional.choices, " ")) + '\n';
      else if (wants_file(positional))
        text += "complete -c calibrant" + condition + " -F\n";
    }
  }
  return text;
}

}  // namespace

std::string completion_script(const command_description& root, const std::string& shell) {
  if (shell == "bash") return bash_script(root);
  if (shell == "zsh") return zsh_script(root);
  if (shell == "fish") return fish_script(root);
  throw error(error_code::invalid_argument, "completion: got \"" + shell + "\", expected bash, zsh or fish");
}

}  // namespace calibrant::cli
