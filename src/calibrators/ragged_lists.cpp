#include "calibrators/detail/ragged_lists.hpp"

#include <cmath>

#include <calibrant/core/error.hpp>

namespace calibrant::detail {

std::vector<std::vector<double>> lists_of(const std::vector<double>& lengths, const std::vector<double>& numbers,
                                          const char* name) {
  const auto refuse = [&] {
    throw error(error_code::malformed_input,
                "parameter \"" + std::string(name) + "\" is not as long as the lengths of its lists say");
  };
  std::vector<std::vector<double>> lists;
  std::size_t from = 0;
  for (const double length : lengths) {
    if (!(length >= 0) || length != std::floor(length) || length > static_cast<double>(numbers.size() - from)) refuse();
    const std::size_t to = from + static_cast<std::size_t>(length);
    lists.emplace_back(numbers.begin() + static_cast<std::ptrdiff_t>(from),
                       numbers.begin() + static_cast<std::ptrdiff_t>(to));
    from = to;
  }
  if (from != numbers.size()) refuse();
  return lists;
}

}  // namespace calibrant::detail
