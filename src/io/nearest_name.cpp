#include "io/detail/nearest_name.hpp"

#include <fmt/format.h>

#include <calibrant/core/edit_distance.hpp>
#include <calibrant/core/text_list.hpp>

namespace calibrant::io {
std::string quoted_list(std::span<const std::string> names, std::size_t most) { return list_of(names, most, "\""); }

std::string suggest(std::string_view missing, std::span<const std::string> names) {
  const std::string* const nearest = nearest_text(missing, names);
  const std::string guess = nearest != nullptr ? fmt::format("did you mean \"{}\"? ", *nearest) : "";
  return fmt::format("{}columns: {}", guess, quoted_list(names));
}

}  // namespace calibrant::io
