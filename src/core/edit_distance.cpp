#include <calibrant/core/edit_distance.hpp>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace calibrant {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool same(char a, char b) { return lower(a) == lower(b); }

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // Rows i - 2, i - 1 and i of the table of distances between prefixes.
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1), last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last.back();
}

const std::string* nearest_text(std::string_view typed, std::span<const std::string> texts) {
  constexpr std::size_t longest_compared = 64;  // bytes
  if (typed.size() > longest_compared) return nullptr;
  const std::string* nearest = nullptr;
  std::size_t least = std::max<std::size_t>(1, typed.size() / 3) + 1;
  for (const std::string& text : texts) {
    if (text.size() > longest_compared) continue;
    if (const std::size_t distance = edit_distance(typed, text); distance < least) {
      least = distance;
      nearest = &text;
    }
  }
  return nearest;
}

}  // namespace calibrant
