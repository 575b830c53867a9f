#include "cli/help_text.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "cli/terminal.hpp"

namespace calibrant::cli {
namespace {

constexpr std::size_t explanation_column = 28;

void add_entry(std::string& text, const std::string& name, const std::string& explanation, std::size_t width) {
  std::string line = "  " + name;
  if (display_width(line) + 2 > explanation_column) {
    text += line + '\n';
    line.clear();
  }
  line.resize(explanation_column, ' ');
  text += line + wrapped(explanation, explanation_column, width) + '\n';
}

/// Headings in the order in which the options name them.
std::vector<std::string> groups_of(const command_description& command) {
  std::vector<std::string> groups;
  for (const option_description& option : command.options)
    if (std::find(groups.begin(), groups.end(), option.group) == groups.end()) groups.push_back(option.group);
  return groups;
}

void add_details(std::string& text, std::string_view details, std::size_t width) {
  while (!details.empty()) {
    const std::size_t end = std::min(details.find('\n'), details.size());
    const std::string_view line = details.substr(0, end);
    details.remove_prefix(std::min(end + 1, details.size()));
    text += line.starts_with("  ") ? std::string(line) : wrapped(line, 0, width);
    text += '\n';
  }
}

}  // namespace

std::string option_synopsis(const option_description& option) {
  std::string text;
  for (const std::string& name : option.names) text += (text.empty() ? "" : ", ") + name;
  return option.value.empty() ? text : text + ' ' + option.value;
}

std::string usage_line(const command_description& command, const std::string& invocation) {
  std::string text = invocation;
  if (!command.commands.empty()) return text + " COMMAND [OPTION...]";
  if (!command.options.empty()) text += " [OPTION...]";
  for (const option_description& positional : command.positionals)
    text += ' ' + positional.names.front() + (positional.repeated ? "..." : "");
  return text;
}

std::string help_text(const command_description& command, const std::string& invocation, std::size_t width) {
  std::string text = wrapped(command.summary, 0, width) + "\n\nusage: " + usage_line(command, invocation) + '\n';
  if (!command.commands.empty()) {
    text += "\ncommands:\n";
    for (const command_description& each : command.commands) add_entry(text, each.name, each.summary, width);
  }
  if (!command.positionals.empty()) {
    text += "\narguments:\n";
    for (const option_description& each : command.positionals)
      add_entry(text, each.names.front() + (each.repeated ? "..." : ""), each.help, width);
  }
  for (const std::string& group : groups_of(command)) {
    text += '\n' + group + ":\n";
    for (const option_description& each : command.options)
      if (each.group == group) add_entry(text, option_synopsis(each), each.help, width);
  }
  if (!command.details.empty()) {
    text += '\n';
    add_details(text, command.details, width);
  }
  return text;
}

}  // namespace calibrant::cli
