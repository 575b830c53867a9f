#include "io/detail/nearest_name.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <vector>

#include <fmt/format.h>

namespace calibrant::io {
namespace {

constexpr std::size_t longest_compared = 64;  // bytes

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

/// Levenshtein's distance, capitals aside.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (lower(a[i]) != lower(b[j]) ? 1 : 0);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string list_of(std::span<const std::string> names, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
    text += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", names[i]);
  if (names.size() > most) text += fmt::format(" and {} more", names.size() - most);
  return text;
}

std::string suggest(std::string_view missing, std::span<const std::string> names) {
  const std::string* nearest = nullptr;
  std::size_t least = std::max<std::size_t>(1, missing.size() / 3) + 1;
  if (missing.size() <= longest_compared) {
    for (const std::string& name : names) {
      if (name.size() > longest_compared) continue;
      const std::size_t distance = edit_distance(missing, name);
      if (distance < least) {
        least = distance;
        nearest = &name;
      }
    }
  }
  const std::string guess = nearest != nullptr ? fmt::format("did you mean \"{}\"? ", *nearest) : "";
  return fmt::format("{}columns: {}", guess, list_of(names));
}

}  // namespace calibrant::io
