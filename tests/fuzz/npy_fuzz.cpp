// The .npy reader: the input as scores, and as labels.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fuzz/measured_rows.hpp"
#include "fuzz/memory_file.hpp"
#include "io/detail/npy_file.hpp"

namespace calibrant::fuzz {
namespace {

constexpr std::size_t most_classes = 1000;

void read_scores(const std::string& path) {
  io::npy_scores scores(path);
  require(scores.rows().has_value(), "an array without a length");
  // A row takes bytes of the file unless it has no columns; class names are made for as many as a file can hold.
  if (scores.columns() < 2 || scores.columns() > most_classes) return;
  io::row_keys keys(class_names::indexed(scores.columns()), "");
  batch_buffers into;
  std::uint64_t rows = 0;
  while (const std::size_t got = scores.read(5, into, keys)) {
    into.rows = got;
    into.labels.assign(got, 0);
    measure_rows(into, keys, rows % 2 == 0 ? score_kind::probabilities : score_kind::logits);
    into.rows = 0;
    rows += got;
  }
  require(rows == *scores.rows(), "the rows read are not those of the shape");
}

void read_labels(const std::string& path) {
  const std::unique_ptr<io::row_reader> labels = io::open_npy_labels(path);
  io::row_keys keys(class_names({"0", "1", "cat", "dog"}), "");
  batch_buffers into;
  std::uint64_t rows = 0;
  while (const std::size_t got = labels->read(7, into, keys)) rows += got;
  require(rows == *labels->rows() && rows == into.labels.size(), "the labels read are not those of the shape");
  const auto refused = static_cast<std::uint64_t>(std::count(into.labels.begin(), into.labels.end(), refused_label));
  require(refused == keys.problems().total(), "refused labels are not all counted");
}

/// As the shares of soft labels, where the shape is that of some.
void read_soft_labels(const std::string& path) {
  const std::vector<std::uint64_t> shape = io::npy_array(io::open_file_stream(path)).header().shape;
  if (shape.size() != 2 || shape[1] < 2 || shape[1] > most_classes) return;
  const auto K = static_cast<std::size_t>(shape[1]);
  const std::unique_ptr<io::row_reader> labels = io::open_npy_labels(path, io::truth_kind::labels, K);
  io::row_keys keys(class_names::indexed(K), "");
  batch_buffers into;
  while (const std::size_t got = labels->read(3, into, keys)) into.rows += got;
  require(into.rows == shape[0] && into.label_shares.size() == into.rows * K,
          "the shares read are not those of the shape");
  into.type = score_type::float64;
  into.float64.assign(into.rows * K, 1.0 / static_cast<double>(K));
  measure_rows(into, keys, score_kind::probabilities);
}

}  // namespace
}  // namespace calibrant::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace calibrant::fuzz;
  static memory_file file;
  file.fill(data, size);
  accepted([] { read_scores(file.path()); });
  accepted([] { read_labels(file.path()); });
  accepted([] { read_soft_labels(file.path()); });
  return 0;
}
