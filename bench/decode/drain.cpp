// The limit of `calibrant evaluate`: the same reader takes every batch of the file and nothing is measured.
// usage: bench_decode_drain --file F.parquet --scores PATTERN

#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>

#include <calibrant/io/parquet_plugin.hpp>
#include <calibrant/io/prediction_reader.hpp>

#include "harness/arguments.hpp"

int main(int argc, char** argv) try {
  using namespace calibrant;
  const bench::arguments options(argc, argv);
  set_plugin_directories({std::filesystem::read_symlink("/proc/self/exe").parent_path().string()});
  input_options input;
  input.paths = {options["--file"]};
  input.scores = options["--scores"];
  input.kind = score_kind::probabilities;
  const std::unique_ptr<batch_source> source = open_predictions(input);
  batch_buffers buffers;
  std::size_t rows = 0;
  while (source->next(buffers)) rows += buffers.rows;
  std::printf("%zu rows\n", rows);
  return rows > 0 ? 0 : 1;
} catch (const std::exception& failure) {
  std::fprintf(stderr, "%s\n", failure.what());
  return 1;
}
