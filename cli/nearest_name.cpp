#include "cli/nearest_name.hpp"

#include <calibrant/core/edit_distance.hpp>

namespace calibrant::cli {

std::string nearest_name(std::string_view typed, const std::vector<std::string>& known) {
  // What begins like a name, at some length, is short for it.
  constexpr std::size_t telling = 3;
  std::string best;
  std::size_t starts = 0;
  for (const std::string& name : known)
    if (typed.size() >= telling + (typed.starts_with("--") ? 2 : 0) && name.starts_with(typed)) {
      best = name;
      ++starts;
    }
  if (starts == 1) return best;
  const std::string* const nearest = nearest_text(typed, known);
  return nearest == nullptr ? std::string() : *nearest;
}

std::string suggestion(std::string_view typed, const std::vector<std::string>& known) {
  const std::string name = nearest_name(typed, known);
  return name.empty() ? std::string() : "; did you mean " + name + "?";
}

}  // namespace calibrant::cli
