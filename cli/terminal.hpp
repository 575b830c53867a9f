#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace calibrant::cli {

/// What an output stream can show.
struct terminal {
  bool interactive = false;  ///< somebody watches: the stream is a terminal
  bool colour = false;       ///< interactive, and neither NO_COLOR nor TERM=dumb is set
  bool unicode = false;      ///< the locale's character set is UTF-8
  std::size_t width = 80;    ///< columns, between 40 and 160
};

/// Looks at a stream and at NO_COLOR, TERM, COLUMNS and the locale variables. COLUMNS goes before the terminal's own
/// width.
[[nodiscard]] terminal inspect_terminal(std::FILE* stream);

enum class text_style { bold, faint, red, yellow, cyan };

/// `text` in a style where there is colour, otherwise `text`.
[[nodiscard]] std::string styled(std::string_view text, text_style style, const terminal& screen);

/// Text of files (class names, paths) made safe to show: control characters, which could steer a terminal, and bytes
/// that are not UTF-8 become '?'.
[[nodiscard]] std::string printable(std::string_view text);

/// Columns that valid UTF-8 text takes: 1 per character, 2 for East Asian wide ones, 0 for combining marks.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// The longest start of valid UTF-8 text that fits into `width` columns, ending in "..." if something was cut.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t width);

/// A path, made printable, that heads a column: the end tells files apart, so of a long one that stays, after "...".
[[nodiscard]] std::string end_of_path(std::string_view path);

/// Words of `text` in lines of at most `width` columns; the first line starts after `indent` columns that are already
/// written, the others start with `indent` spaces.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent, std::size_t width);

/// Writes everything or throws error (unwritable_output), e.g. when the disk behind a redirection is full.
void write_to_stdout(std::string_view text);

}  // namespace calibrant::cli
