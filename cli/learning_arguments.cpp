#include "cli/learning_arguments.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <utility>

#include <calibrant/catalog/calibrator_catalog.hpp>
#include <calibrant/core/error.hpp>

#include "cli/nearest_name.hpp"

namespace calibrant::cli {
namespace {

[[noreturn]] void refuse(const std::string& sentence) { throw error(error_code::invalid_argument, sentence); }

std::vector<std::string> method_names() {
  std::vector<std::string> names = {std::string(automatic_method)};
  for (const calibrator_entry& entry : calibrator_catalog()) names.emplace_back(entry.name);
  return names;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

void declare_learning(CLI::App& command, learning_arguments& arguments) {
  const char* const group = "what is learned";
  command
      .add_option("--method", arguments.method,
                  "The calibrator, without it auto, which chooses by cross-validation and keeps the identity where "
                  "nothing is better: " +
                      listed(method_names()))
      ->type_name("NAME")
      ->group(group);
  command.add_option("--set", arguments.settings, "An option of the method, as bins=20; may be given for each of them")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group(group);
}

fit_request request_of(const learning_arguments& options) {
  const std::vector<std::string> known = method_names();
  const std::string method = options.method.value_or(std::string(automatic_method));
  if (std::find(known.begin(), known.end(), method) == known.end())
    refuse("--method: got \"" + method + "\", expected one of " + listed(known) + suggestion(method, known));
  fit_request request{.method = method, .options = {}};
  for (const std::string& setting : options.settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos) refuse("--set: got \"" + setting + "\", expected NAME=VALUE, such as bins=20");
    for (const auto& [other, value] : request.options)
      if (other == setting.substr(0, equals)) refuse("--set: " + other + " is given more than once, expected once");
    request.options.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  try {
    check_request(request);
  } catch (const error& problem) {
    refuse("--set: " + std::string(problem.what()));
  }
  return request;
}

}  // namespace calibrant::cli
