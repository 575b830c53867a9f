#include "evaluation/detail/comparable_states.hpp"

#include <cstdio>
#include <string>

#include <calibrant/core/error.hpp>
#include <calibrant/core/text_list.hpp>

namespace calibrant::detail {
namespace {

std::string classes_of(const evaluation_config& config) {
  const auto& names = config.classes.names();
  return names.empty() ? "no classes" : std::to_string(names.size()) + " classes (" + list_of(names) + ")";
}

std::string floor_of(const evaluation_config& config) {
  if (!config.log_floor) return "no log floor";
  char text[32];
  std::snprintf(text, sizeof text, "%.10g", *config.log_floor);
  return std::string("the log floor ") + text;
}

}  // namespace

void require_comparable(const named_state& state, const named_state& baseline) {
  const evaluation_config& a = state.state.config;
  const evaluation_config& b = baseline.state.config;
  const auto refuse = [&](const std::string& ours, const std::string& theirs, const char* expected) {
    throw error(error_code::state_mismatch, std::string(state.name) + ": it was measured with " + ours + ", but " +
                                                std::string(baseline.name) + " with " + theirs + ", expected " +
                                                expected + "; measure both in the same way");
  };
  if (a.classes != b.classes) refuse(classes_of(a), classes_of(b), "the same classes in the same order");
  if (a.bins != b.bins) refuse(std::to_string(a.bins) + " bins", std::to_string(b.bins) + " bins", "as many");
  if (a.log_floor != b.log_floor) refuse(floor_of(a), floor_of(b), "the same");
}

}  // namespace calibrant::detail
