#include "cli/nearest_name.hpp"

#include <algorithm>

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
  best.clear();
  std::size_t smallest = std::max<std::size_t>(typed.size() / 3, 1) + 1;
  for (const std::string& name : known)
    if (const std::size_t distance = edit_distance(typed, name); distance < smallest) {
      smallest = distance;
      best = name;
    }
  return best;
}

std::string suggestion(std::string_view typed, const std::vector<std::string>& known) {
  const std::string name = nearest_name(typed, known);
  return name.empty() ? std::string() : "; did you mean " + name + "?";
}

}  // namespace calibrant::cli
