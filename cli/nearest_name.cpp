#include "cli/nearest_name.hpp"

#include <algorithm>
#include <numeric>

namespace calibrant::cli {
namespace {

/// Levenshtein distance, O(|a| |b|).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest_name(std::string_view typed, const std::vector<std::string>& known) {
  std::string best;
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
