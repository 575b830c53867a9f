#include "cli/man_page.hpp"

#include <algorithm>
#include <string_view>

#include <calibrant/catalog/metric_catalog.hpp>
#include <calibrant/version.hpp>

#include "cli/help_text.hpp"

namespace calibrant::cli {
namespace {

/// Text that troff shows as it is.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\')
      result += "\\e";
    else if (c == '-')
      result += "\\-";
    else
      result += c;
  }
  // A control character at the start of a line would make it a request.
  if (!result.empty() && (result[0] == '.' || result[0] == '\'')) result.insert(0, "\\&");
  return result;
}

void add_details(std::string& text, std::string_view details) {
  bool literal = false;
  while (!details.empty()) {
    const std::size_t end = std::min(details.find('\n'), details.size());
    const std::string_view line = details.substr(0, end);
    details.remove_prefix(std::min(end + 1, details.size()));
    if (line.starts_with("  ") != literal) {
      literal = !literal;
      text += literal ? ".PP\n.nf\n" : ".fi\n";
    }
    if (line.empty())
      text += ".PP\n";
    else
      text += escaped(line) + '\n';
  }
  if (literal) text += ".fi\n";
}

void add_entries(std::string& text, const std::vector<option_description>& entries) {
  for (const option_description& each : entries)
    text +=
        ".TP\n.B " + escaped(option_synopsis(each)) + (each.repeated ? "..." : "") + '\n' + escaped(each.help) + '\n';
}

void add_command(std::string& text, const command_description& command) {
  text += ".SS " + escaped(usage_line(command, "calibrant " + command.name)) + '\n' + escaped(command.summary) + '\n';
  add_entries(text, command.positionals);
  add_entries(text, command.options);
  if (!command.details.empty()) {
    text += ".PP\n";
    add_details(text, command.details);
  }
}

}  // namespace

std::string man_page(const command_description& root) {
  std::string text = ".TH CALIBRANT 1 \"\" \"calibrant " + std::string(version_string) +
                     "\" \"User Commands\"\n.SH NAME\ncalibrant \\- " + escaped(root.summary) + "\n.SH SYNOPSIS\n.B " +
                     escaped(usage_line(root, "calibrant")) + "\n.SH OPTIONS\n";
  add_entries(text, root.options);
  text += ".SH COMMANDS\n";
  for (const command_description& command : root.commands) add_command(text, command);
  text += ".SH METRICS\n";
  for (const metric_entry& entry : metric_catalog())
    text += ".TP\n.B " + escaped(entry.name) + "\n" + escaped(entry.title) + ": " + escaped(entry.question) + ' ' +
            escaped("(" + std::string(entry.units) + " in " + std::string(entry.range) +
                    (entry.default_panel ? "" : ", on request") + ")") +
            '\n';
  text += ".SH DESCRIPTION\n";
  add_details(text, root.details);
  return text;
}

}  // namespace calibrant::cli
