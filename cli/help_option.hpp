#pragma once

#include <CLI/CLI.hpp>

namespace calibrant::cli {

inline void add_help(CLI::App& command) { command.set_help_flag("-h,--help", "Show this help")->group("other"); }

}  // namespace calibrant::cli
