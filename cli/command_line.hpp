#pragma once

namespace calibrant::cli {

/// Parses, runs, and turns every failure into one sentence on stderr. Returns the exit status.
[[nodiscard]] int run_command_line(int argc, const char* const* argv) noexcept;

}  // namespace calibrant::cli
