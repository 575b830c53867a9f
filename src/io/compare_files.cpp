#include <calibrant/io/compare_files.hpp>

#include <memory>
#include <string>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/row_alignment.hpp>
#include <calibrant/io/prediction_reader.hpp>

#include "io/detail/column_roles.hpp"
#include "io/detail/open_table.hpp"
#include "io/detail/row_keys.hpp"
#include "io/detail/row_reader.hpp"

namespace calibrant {
namespace {

constexpr std::size_t rows_at_once = 32768;

/// The id of a row, which the pass knows as a hash alone: read again for a message.
std::string id_of(const input_options& file, std::size_t row) {
  const std::unique_ptr<io::table_file> table = io::open_table(file.paths.front(), file);
  io::column_roles roles;
  roles.id = io::find_column(file.paths.front(), table->columns(), *file.id, "id");
  const std::unique_ptr<io::row_reader> reader = table->rows(roles, true);
  io::row_keys keys;
  batch_buffers buffers;
  std::size_t before = 0;
  while (const std::size_t got = reader->read(rows_at_once, buffers, keys)) {
    if (row < before + got) return keys.ids()[row - before];
    before += got;
    keys.ids().clear();
  }
  return {};
}

[[noreturn]] void refuse(const unmatched_row& found, std::span<const input_options> files,
                         const std::vector<row_outcomes>& models) {
  const std::string id = id_of(files[found.model], found.row);
  const std::string& path = models[found.model].name;
  if (found.other == found.model)
    throw error(error_code::malformed_input,
                fmt::format("{}: row {} has the id \"{}\" again, expected each id once; remove one of the rows", path,
                            found.row, id));
  throw error(error_code::missing_input,
              fmt::format("{}: row {} has the id \"{}\", which {} does not hold, expected the same ids in all files; "
                          "remove the row or add the other model's",
                          path, found.row, id, models[found.other].name));
}

}  // namespace

std::vector<row_outcomes> read_outcomes(std::span<const input_options> files, const pass_options& options,
                                        thread_pool& pool, const progress_callback& progress) {
  std::vector<std::unique_ptr<batch_source>> sources;
  std::vector<compared_source> models;
  for (const input_options& file : files) {
    sources.push_back(open_predictions(file));
    models.push_back({.name = file.paths.front(), .source = sources.back().get()});
  }
  std::vector<row_outcomes> outcomes = gather_outcomes(models, options, pool, progress);
  if (!files.front().id) return outcomes;
  if (const std::optional<unmatched_row> found = align_by_key(outcomes)) refuse(*found, files, outcomes);
  for (std::size_t m = 1; m < outcomes.size(); ++m) require_same_cases(outcomes[0], outcomes[m], 0, outcomes[0].rows());
  return outcomes;
}

}  // namespace calibrant
