#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cli/exit_code.hpp"
#include "cli/input_arguments.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace calibrant::cli {

/// The command line of `calibrant plot`. What is absent was not given.
struct plot_options : input_arguments {
  std::string kind;  ///< a name of figure_catalog()
  std::string output;
  std::optional<std::string> weight_kind;  ///< "frequency" or "importance"
  std::optional<std::size_t> bins;
  std::optional<double> level;
  std::optional<std::string> of_class;
  std::optional<std::size_t> most_classes;
  std::optional<std::string> theme;                ///< "auto", "light" or "dark"
  std::optional<double> zoom;                      ///< of PNG
  std::vector<const CLI::Option*> of_predictions;  ///< those that say something of predictions alone
};

void declare_plot(CLI::App& root, plot_options& options);

/// Measures, draws, writes. Throws error.
[[nodiscard]] exit_code run(const plot_options& options);

}  // namespace calibrant::cli
