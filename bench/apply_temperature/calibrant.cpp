// Applying a learned temperature to float32 logits in memory. usage: bench_apply_temperature_calibrant --scores F.npy
// --labels F.npy --threads N

#include <algorithm>
#include <string>
#include <vector>

#include <calibrant/core/matrix_view.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/fit_model.hpp>

#include "harness/arguments.hpp"
#include "harness/npy_array.hpp"
#include "harness/worker.hpp"

int main(int argc, char** argv) {
  using namespace calibrant;
  const bench::arguments options(argc, argv);
  const bench::npy_array<float> scores = bench::load_npy<float>(options["--scores"], "<f4");
  const std::vector<std::int32_t> labels = bench::load_labels(options["--labels"]);
  thread_pool pool(options.number("--threads"));
  const std::size_t K = scores.columns;
  const auto rows = [&](std::size_t n) {
    return logits(basic_matrix_view<float>::contiguous(scores.values.data(), n, K));
  };
  const std::size_t few = std::min<std::size_t>(scores.rows, 5000);
  fit_request request;
  request.method = "temperature";
  const calibration_model model = fit_model({.values = rows(few), .labels = std::span(labels).first(few)},
                                            class_names::indexed(K), request, {}, {}, {}, pool);
  std::vector<float> p(scores.values.size());
  return bench::serve("float32, " + std::to_string(pool.size()) + " threads", [&] {
    apply_model(model, rows(scores.rows), p.data(), pool);
    return std::string();
  });
}
