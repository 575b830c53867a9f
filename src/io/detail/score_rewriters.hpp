#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "io/detail/calibrated_stream.hpp"
#include "io/detail/open_table.hpp"

namespace calibrant::io {

/// Where the calibrated numbers of a row go.
struct score_places {
  std::vector<std::size_t> columns;          ///< in class order, or one column of lists
  std::size_t only_class = ~std::size_t{0};  ///< of two classes the one whose column there is; else none
};

// Each writes `from` again as `to`, with the rows of a stream in the place of the scores.

void rewrite_csv(const std::string& from, char from_separator, const std::string& to, char to_separator,
                 const score_places& places, calibrated_stream& rows);
void rewrite_npy(const std::string& from, const std::string& to, const score_places& places, calibrated_stream& rows);
void rewrite_arrow(const std::string& from, file_format from_format, const std::string& to, file_format to_format,
                   const score_places& places, calibrated_stream& rows);

}  // namespace calibrant::io
