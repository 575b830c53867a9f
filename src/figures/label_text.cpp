#include <algorithm>
#include <cstddef>

#include "figures/detail/label_text.hpp"

namespace calibrant::detail {
namespace {

constexpr std::string_view ellipsis = "\u2026";
// First-strong isolate and its end (Unicode, UAX 9).
constexpr std::string_view isolate = "\u2068";
constexpr std::string_view end_of_isolate = "\u2069";

/// The bytes of the character at the front; broken UTF-8 goes byte by byte.
std::size_t character_bytes(std::string_view text) {
  std::size_t bytes = 1;
  while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) ++bytes;
  return bytes;
}

/// Width of a character per size: measured of DejaVu Sans, the widest of the common ones.
double character_width(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (first >= 0xE3 && character.size() >= 3) return 1.1;  // from U+3000 on: ideographs, syllables, emoji
  if (first >= 0x80) return character == isolate || character == end_of_isolate ? 0 : 0.65;
  constexpr std::string_view narrow = "iljI.,:;|!' ";
  constexpr std::string_view wide = "mwMW%@";
  if (narrow.find(character[0]) != std::string_view::npos) return 0.34;
  if (wide.find(character[0]) != std::string_view::npos) return 0.95;
  return character[0] >= 'A' && character[0] <= 'Z' ? 0.7 : 0.62;
}

/// Marks of direction, isolates and overrides: U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069.
bool is_direction(std::string_view character) {
  if (character == "\u061C" || character == "\u200E" || character == "\u200F") return true;
  return (character >= "\u202A" && character <= "\u202E") || (character >= "\u2066" && character <= "\u2069");
}

bool is_control(std::string_view character) { return static_cast<unsigned char>(character[0]) < 0x20; }

/// The characters of a name as far as `fits` allows, with an ellipsis if some are left.
template <class Fits>
std::string cut(std::string_view name, Fits&& fits) {
  std::string text;
  while (!name.empty()) {
    const std::string_view next = name.substr(0, character_bytes(name));
    name.remove_prefix(next.size());
    if (next.size() == 3 && is_direction(next)) continue;
    if (next.size() == 2 && is_direction(next)) continue;
    if (!fits(next)) return text + std::string(ellipsis);
    text += is_control(next) ? std::string_view(" ") : next;
  }
  return text;
}

/// Where a line may break next: not before a sign of percent, and not inside "n = 600".
std::size_t end_of_word(std::string_view text) {
  std::size_t space = text.find(' ');
  while (space != std::string_view::npos &&
         (text.substr(space).starts_with(" %") || text.substr(space).starts_with(" =") || text[space - 1] == '='))
    space = text.find(' ', space + 1);
  return std::min(space, text.size());
}

}  // namespace

double text_width(std::string_view text, double size) {
  double width = 0;
  while (!text.empty()) {
    const std::size_t bytes = character_bytes(text);
    width += character_width(text.substr(0, bytes));
    text.remove_prefix(bytes);
  }
  return width * size;
}

std::string fitted_name(std::string_view name, double size, double width) {
  // All that follows the room for an ellipsis is cut only if the whole does not fit.
  std::string whole = shown_name(name, name.size());
  if (text_width(whole, size) <= width) return whole;
  double used = text_width(ellipsis, size);
  return std::string(isolate) +
         cut(name,
             [&](std::string_view next) {
               used += character_width(next) * size;
               return used <= width;
             }) +
         std::string(end_of_isolate);
}

std::vector<std::string> wrapped(std::string_view text, double size, double width) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t space = end_of_word(text);
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
    if (!lines.empty() && text_width(lines.back() + ' ' + std::string(word), size) <= width)
      lines.back() += ' ' + std::string(word);
    else
      lines.emplace_back(word);
  }
  return lines;
}

}  // namespace calibrant::detail

namespace calibrant {

std::string shown_name(std::string_view name, std::size_t most) {
  std::size_t characters = 0;
  return std::string(detail::isolate) + detail::cut(name, [&](std::string_view) { return ++characters <= most; }) +
         std::string(detail::end_of_isolate);
}

}  // namespace calibrant
