#include "io/detail/nearest_name.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <calibrant/core/edit_distance.hpp>

namespace calibrant::io {
namespace {

constexpr std::size_t longest_compared = 64;  // bytes

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
