#pragma once

#include <functional>
#include <string>
#include <vector>

struct ArrowArrayStream;

namespace calibrant {

/// A table in memory, or in a file that somebody else reads, that is handed over by the Arrow C stream interface
/// (https://arrow.apache.org/docs/format/CStreamInterface.html).
struct arrow_table {
  /// Fills a stream that was zeroed with all rows of the table; called once for every time that rows are needed, and by
  /// the thread that reads. `wanted` are the columns that will be read, in the order of the table, or empty for its
  /// schema alone; the stream may hold the others too. Throws error.
  std::function<void(const std::vector<std::string>& wanted, ArrowArrayStream* to)> open;
};

}  // namespace calibrant
