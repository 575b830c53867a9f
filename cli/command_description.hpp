#pragma once

#include <string>
#include <vector>

namespace calibrant::cli {

/// An option or a positional argument as help, completion and man page show it.
struct option_description {
  std::vector<std::string> names;    ///< with their dashes, long ones first; for a positional its one name
  std::string value;                 ///< what follows, e.g. "FILE"; empty for a flag
  std::vector<std::string> choices;  ///< the only values there are; empty: any
  std::string help;
  std::string group;      ///< heading under which it stands
  bool repeated = false;  ///< a positional that takes several values

  /// The value names a file.
  [[nodiscard]] bool takes_file() const {
    return value.find("FILE") != std::string::npos || value == "STATE" || value == "PRED" || value == "OUT";
  }
};

/// A command with everything that can be said of its command line. Made from the parser alone, so options are listed
/// once.
struct command_description {
  std::string name;
  std::string summary;  ///< one sentence
  std::string
      details;  ///< paragraphs after the options, the examples among them: lines that start with two spaces are literal
  std::vector<option_description> positionals;
  std::vector<option_description> options;
  std::vector<command_description> commands;
};

}  // namespace calibrant::cli
