#pragma once

#include <cstddef>
#include <string>

#include <calibrant/io/input_options.hpp>

namespace calibrant::io {

/// Refuses options that contradict one another or miss a companion, before any file is opened. Throws error
/// (invalid_argument).
void check_roles(const input_options& options);

/// The number of a column of an array that has `columns`, from its text. Throws error (missing_input).
[[nodiscard]] std::size_t array_column(const std::string& path, const std::string& text, std::size_t columns);

}  // namespace calibrant::io
