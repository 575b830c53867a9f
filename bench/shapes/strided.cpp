// The whole panel over float32 rows that lie apart in memory: each row is followed by a gap, or the rows run backwards.
// usage: bench_shapes_strided --scores F.npy --labels F.npy --gap BYTES --order forward|backward --threads N

#include <cstring>

#include <calibrant/evaluation/simd_target.hpp>
#include <calibrant/version.hpp>

#include "harness/arguments.hpp"
#include "harness/npy_array.hpp"
#include "harness/panel_pass.hpp"
#include "harness/worker.hpp"

int main(int argc, char** argv) {
  using namespace calibrant;
  const bench::arguments options(argc, argv);
  auto array = bench::load_npy<float>(options["--scores"], "<f4");
  const std::vector<std::int32_t> labels = bench::load_labels(options["--labels"]);
  const std::size_t row = array.columns * sizeof(float);
  const std::size_t stride = row + options.number("--gap");
  const bool backward = options["--order"] == "backward";
  std::vector<std::byte> memory(array.rows * stride);
  for (std::size_t i = 0; i < array.rows; ++i)
    std::memcpy(memory.data() + (backward ? array.rows - 1 - i : i) * stride, array.values.data() + i * array.columns,
                row);
  array.values = {};
  const std::byte* const first = memory.data() + (backward ? array.rows - 1 : 0) * stride;
  const basic_matrix_view<float> view{.data = reinterpret_cast<const float*>(first),
                                      .rows = array.rows,
                                      .columns = array.columns,
                                      .row_stride = static_cast<std::ptrdiff_t>(stride) * (backward ? -1 : 1)};
  const std::vector<std::string> metrics = bench::metric_names("panel");
  thread_pool pool(options.number("--threads"));
  return bench::serve(std::string(CALIBRANT_VERSION_STRING) + ", " + active_simd_target(), [&] {
    return bench::measure_metrics(scores(probabilities(view)), labels, score_kind::probabilities, metrics, pool);
  });
}
