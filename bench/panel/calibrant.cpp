// Metrics over float32 scores in memory.
// usage: bench_panel_calibrant --scores F.npy --labels F.npy --kind probabilities|logits --metrics panel|NAME,...
// --threads N --bootstrap R

#include <calibrant/evaluation/simd_target.hpp>
#include <calibrant/version.hpp>

#include "harness/arguments.hpp"
#include "harness/npy_array.hpp"
#include "harness/panel_pass.hpp"
#include "harness/worker.hpp"

int main(int argc, char** argv) {
  using namespace calibrant;
  const bench::arguments options(argc, argv);
  const auto array = bench::load_npy<float>(options["--scores"], "<f4");
  const std::vector<std::int32_t> labels = bench::load_labels(options["--labels"]);
  const matrix_view view = basic_matrix_view<float>::contiguous(array.values.data(), array.rows, array.columns);
  const bool is_logits = options["--kind"] == "logits";
  const scores values = is_logits ? scores(logits(view)) : scores(probabilities(view));
  const score_kind kind = is_logits ? score_kind::logits : score_kind::probabilities;
  const std::vector<std::string> metrics = bench::metric_names(options["--metrics"]);
  const std::size_t replicates = options.number("--bootstrap");
  thread_pool pool(options.number("--threads"));
  return bench::serve(std::string(CALIBRANT_VERSION_STRING) + ", " + active_simd_target(),
                      [&] { return bench::measure_metrics(values, labels, kind, metrics, pool, replicates); });
}
