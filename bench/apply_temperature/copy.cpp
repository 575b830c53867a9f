// The limit: every score is read and written, on as many threads. usage: bench_apply_temperature_copy --scores F.npy
// --threads N

#include <algorithm>
#include <string>
#include <vector>

#include <calibrant/core/thread_pool.hpp>

#include "harness/arguments.hpp"
#include "harness/npy_array.hpp"
#include "harness/worker.hpp"

int main(int argc, char** argv) {
  using namespace calibrant;
  const bench::arguments options(argc, argv);
  const std::vector<float> from = bench::load_npy<float>(options["--scores"], "<f4").values;
  thread_pool pool(options.number("--threads"));
  std::vector<float> to(from.size());
  return bench::serve("-O3, " + std::to_string(pool.size()) + " threads", [&] {
    pool.run(pool.size(), [&](std::size_t part) {
      const std::size_t first = from.size() * part / pool.size();
      const std::size_t last = from.size() * (part + 1) / pool.size();
      std::copy_n(from.data() + first, last - first, to.data() + first);
    });
    return std::string();
  });
}
