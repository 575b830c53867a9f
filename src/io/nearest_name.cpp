#include "io/detail/nearest_name.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <calibrant/core/edit_distance.hpp>

namespace calibrant::io {
std::string list_of(std::span<const std::string> names, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
    text += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", names[i]);
  if (names.size() > most) text += fmt::format(" and {} more", names.size() - most);
  return text;
}

std::string suggest(std::string_view missing, std::span<const std::string> names) {
  const std::string* const nearest = nearest_text(missing, names);
  const std::string guess = nearest != nullptr ? fmt::format("did you mean \"{}\"? ", *nearest) : "";
  return fmt::format("{}columns: {}", guess, list_of(names));
}

}  // namespace calibrant::io
