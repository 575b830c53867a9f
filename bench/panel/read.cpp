// The limit: a plain sum over the same array, on as many threads. No measure of every score can be faster than reading
// them. usage: bench_panel_read --scores F.npy --threads N

#include <string>
#include <vector>

#include <calibrant/core/thread_pool.hpp>

#include "harness/arguments.hpp"
#include "harness/npy_array.hpp"
#include "harness/worker.hpp"

namespace {

/// Independent lanes, so that the compiler can use vectors and additions do not wait for one another.
float sum(const float* first, const float* last) {
  constexpr int lanes = 64;
  float partial[lanes] = {};
  for (; last - first >= lanes; first += lanes)
    for (int lane = 0; lane < lanes; ++lane) partial[lane] += first[lane];
  float total = 0;
  for (const float lane : partial) total += lane;
  for (; first != last; ++first) total += *first;
  return total;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace calibrant;
  const bench::arguments options(argc, argv);
  const std::vector<float> values = bench::load_npy<float>(options["--scores"], "<f4").values;
  thread_pool pool(options.number("--threads"));
  std::vector<float> totals(pool.size());
  return bench::serve("-O3, " + std::to_string(pool.size()) + " threads", [&] {
    pool.run(totals.size(), [&](std::size_t part) {
      const float* const first = values.data();
      totals[part] =
          sum(first + values.size() * part / totals.size(), first + values.size() * (part + 1) / totals.size());
    });
    double total = 0;
    for (const float t : totals) total += t;
    return "\"sum\": " + std::to_string(total);
  });
}
