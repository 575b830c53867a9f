// The reader of .npz archives: every array as a column, then the archive as predictions.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "fuzz/measured_rows.hpp"
#include "fuzz/memory_file.hpp"
#include "io/detail/score_columns.hpp"
#include "io/detail/table_file.hpp"
#include "io/detail/zip_archive.hpp"

namespace calibrant::fuzz {
namespace {

constexpr std::size_t most_classes = 1000;
constexpr std::size_t most_rows = 2000;  // a few packed bytes can stand for many rows

void unpack(const std::string& path) {
  const io::zip_archive archive(path);
  for (const io::zip_member& member : archive.members())
    accepted([&] {
      const auto stream = archive.open(member, "member");
      char piece[4096];
      for (int i = 0; i < 64 && stream->position() < stream->size(); ++i) {
        const std::uint64_t left = stream->size() - stream->position();
        stream->read_exactly(piece, left < sizeof(piece) ? static_cast<std::size_t>(left) : sizeof(piece));
      }
      require(stream->bytes_of_file() <= archive.size(), "more packed bytes than the file has");
    });
}

void read_predictions(const std::string& path) {
  const auto table = io::open_npz(path);
  require(!table->columns().empty(), "an archive without a column");
  input_options options;
  for (const std::string& column : table->columns()) {
    if (column == "w") options.weight = column;
    if (column == "g") options.group = column;
  }
  io::column_roles roles;
  io::find_key_columns(path, table->columns(), options, roles);
  const io::score_choice scores = io::choose_scores(path, *table, options);
  if (scores.count > most_classes) return;
  io::row_keys keys(io::resolve_classes(path, scores.count, scores.names, options), "");
  roles.scores = scores.columns;
  const auto rows = table->rows(roles, false);
  batch_buffers into;
  while (const std::size_t got = rows->read(3, into, keys)) {
    into.rows += got;
    if (into.rows > most_rows) return;
  }
  require(into.rows == *rows->rows(), "the rows read are not those of the arrays");
  if (into.label_shares.empty()) measure_rows(into, keys, score_kind::probabilities);
}

}  // namespace
}  // namespace calibrant::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace calibrant::fuzz;
  static memory_file file;
  file.fill(data, size);
  accepted([] { unpack(file.path()); });
  accepted([] { read_predictions(file.path()); });
  return 0;
}
