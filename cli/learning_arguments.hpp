#pragma once

#include <optional>
#include <string>
#include <vector>

#include <calibrant/evaluation/fit_model.hpp>

namespace CLI {
class App;
}

namespace calibrant::cli {

/// What is to be learned, as the user typed it.
struct learning_arguments {
  std::optional<std::string> method;  ///< absent: automatic
  std::vector<std::string> settings;  ///< NAME=VALUE
};

void declare_learning(CLI::App& command, learning_arguments& arguments);

/// Throws error (invalid_argument) on an unknown method or option, or a value that the option does not take.
[[nodiscard]] fit_request request_of(const learning_arguments& arguments);

}  // namespace calibrant::cli
