#include "cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <system_error>

#include <calibrant/core/error.hpp>

namespace calibrant::cli {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string value(environment(name));
    if (value.empty()) continue;
    std::transform(value.begin(), value.end(), value.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return value.find("utf-8") != std::string::npos || value.find("utf8") != std::string::npos;
  }
  return false;
}

std::size_t columns_of(int descriptor, bool interactive) {
  const std::string_view given = environment("COLUMNS");
  std::size_t columns = 0;
  std::from_chars(given.data(), given.data() + given.size(), columns);
  if (columns == 0 && interactive) {
    winsize size{};
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0) columns = size.ws_col;
  }
  return columns == 0 ? 80 : std::clamp<std::size_t>(columns, 40, 160);
}

struct decoded {
  char32_t character = 0;
  std::size_t bytes = 0;  ///< 0: not UTF-8
};

/// The first character of non-empty text; overlong forms and surrogates are not UTF-8.
decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {};
  char32_t character = lead & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0u) != 0x80u) return {};
    character = (character << 6) | (byte(i) & 0x3Fu);
  }
  constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (character < smallest[bytes] || character > 0x10FFFF || (character >= 0xD800 && character <= 0xDFFF)) return {};
  return {character, bytes};
}

struct character_range {
  char32_t first;
  char32_t last;
};

/// Blocks whose characters combine with the one before, or are invisible (Unicode categories Mn, Me, Cf).
constexpr character_range no_width[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A},
                                        {0x064B, 0x065F}, {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2064},
                                        {0x20D0, 0x20F0}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}};
/// Blocks of East Asian width W or F.
constexpr character_range double_width[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},  {0xAC00, 0xD7A3},
                                            {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},  {0xFFE0, 0xFFE6},
                                            {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

template <std::size_t N>
bool within(const character_range (&ranges)[N], char32_t character) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [&](character_range r) { return character >= r.first && character <= r.last; });
}

std::size_t width_of(char32_t character) {
  if (within(no_width, character)) return 0;
  return within(double_width, character) ? 2 : 1;
}

/// C0, DEL, C1, and the marks that reorder text.
bool steers_terminal(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

terminal inspect_terminal(std::FILE* stream) {
  const int descriptor = fileno(stream);
  terminal result;
  result.interactive = isatty(descriptor) == 1;
  result.colour = result.interactive && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  result.unicode = locale_is_utf8();
  result.width = columns_of(descriptor, result.interactive);
  return result;
}

std::string styled(std::string_view text, text_style style, const terminal& screen) {
  if (!screen.colour || text.empty()) return std::string(text);
  constexpr const char* codes[] = {"1", "2", "31", "33", "36"};
  std::string result = "\x1b[";
  result += codes[static_cast<std::size_t>(style)];
  result += 'm';
  result += text;
  return result + "\x1b[0m";
}

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const decoded next = decode(text);
    if (next.bytes == 0 || steers_terminal(next.character))
      result += '?';
    else
      result += text.substr(0, next.bytes);
    text.remove_prefix(std::max<std::size_t>(next.bytes, 1));
  }
  return result;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const decoded next = decode(text);
    width += width_of(next.character);
    text.remove_prefix(std::max<std::size_t>(next.bytes, 1));
  }
  return width;
}

std::string shortened(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  const std::string dots(std::min<std::size_t>(width, 3), '.');
  const std::size_t room = width - dots.size();
  std::size_t taken = 0;
  std::size_t columns = 0;
  while (taken < text.size()) {
    const decoded next = decode(text.substr(taken));
    if (columns + width_of(next.character) > room) break;
    columns += width_of(next.character);
    taken += std::max<std::size_t>(next.bytes, 1);
  }
  return std::string(text.substr(0, taken)) + dots;
}

std::string end_of_path(std::string_view path) {
  constexpr std::size_t longest = 24;
  const std::string name = printable(path);
  std::size_t cut = 0;
  while (display_width(name) > longest && display_width(name.substr(cut)) > longest - 3) {
    ++cut;
    while (cut < name.size() && (static_cast<unsigned char>(name[cut]) & 0xC0) == 0x80) ++cut;  // inside a character
  }
  return cut == 0 ? name : "..." + name.substr(cut);
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string result;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t needed = display_width(word);
    if (column > indent && column + 1 + needed > width) {
      result += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      result += ' ';
      ++column;
    }
    result += word;
    column += needed;
  }
  return result;
}

void write_to_stdout(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return;
  throw error(error_code::unwritable_output,
              std::string("standard output: ") + std::generic_category().message(errno) +
                  ", expected to be able to write to it; free space or redirect it elsewhere");
}

}  // namespace calibrant::cli
