#include <calibrant/io/table_columns.hpp>

#include <memory>
#include <optional>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>

#include "io/detail/open_table.hpp"

namespace calibrant {

std::vector<table_column> table_columns(const input_options& options) {
  if (options.paths.empty()) throw error(error_code::missing_input, "predictions: got no file, expected one");
  const std::string& path = options.paths.front();
  if (!options.table && io::format_of(path) == io::file_format::npy)
    throw error(error_code::unsupported, fmt::format("{}: a .npy file has no named columns, expected a table; save "
                                                     "scores and labels together by numpy.savez as .npz",
                                                     path));
  const std::unique_ptr<io::table_file> table = io::open_source_table(path, options);
  std::vector<table_column> columns;
  for (const std::string& name : table->columns()) {
    const std::optional<io::score_array> array = table->array_at(columns.size());
    columns.push_back({.name = name, .holds_several = array && array->may_be_scores && array->width != 1});
  }
  return columns;
}

}  // namespace calibrant
