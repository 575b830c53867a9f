// Shards measured apart, by other machines or on other days, merge into exactly what one pass over all rows gives.
//
// usage: merge_shards FOLDER      (writes the states of the shards into the folder)

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/evaluation/evaluator.hpp>
#include <calibrant/io/state_file.hpp>

namespace {

constexpr std::size_t classes = 3;

struct predictions {
  std::vector<double> probabilities;  // n x K, row-major
  std::vector<std::int32_t> labels;
};

// An over-confident model: it squares the true probabilities and normalises them again.
predictions make_predictions(std::size_t rows) {
  std::mt19937_64 random(7);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  predictions made;
  for (std::size_t i = 0; i < rows; ++i) {
    const double truth[classes] = {uniform(), uniform(), uniform()};
    double sum = 0;
    double sum_of_squares = 0;
    for (const double t : truth) {
      sum += t;
      sum_of_squares += t * t;
    }
    for (const double t : truth) made.probabilities.push_back(t * t / sum_of_squares);
    double left = uniform() * sum;
    std::int32_t label = 0;
    while (label + 1 < static_cast<std::int32_t>(classes) && left >= truth[label]) left -= truth[label++];
    made.labels.push_back(label);
  }
  return made;
}

// Rows [first, last) as a state: a few kilobytes, however many rows there are.
calibrant::evaluation_state measure(const predictions& all, std::size_t first, std::size_t last,
                                    const std::string& name, calibrant::thread_pool& pool) {
  calibrant::evaluation_config config{.classes = calibrant::class_names::indexed(classes), .log_floor = {}};
  calibrant::evaluator pass(config, {}, pool);
  const auto view =
      calibrant::basic_matrix_view<double>::contiguous(all.probabilities.data(), all.labels.size(), classes);
  pass.accumulate({.values = calibrant::probabilities(view.slice(first, last - first)),
                   .labels = std::span(all.labels).subspan(first, last - first),
                   .weights = {},
                   .groups = {}});
  return pass.finish({{.path = name, .rows = last - first, .sha256 = {}}}, {}, {}, false);
}

void print_ece(const std::string& name, const calibrant::evaluation_state& state) {
  const calibrant::evaluation result = calibrant::evaluate(state);
  const calibrant::estimate& ece = *result.total.find("ece");
  std::printf("%-10s %6.0f rows: ECE %.4f, interval %.4f to %.4f\n", name.c_str(), result.total.weight,
              *ece.value.value, ece.uncertainty.bounds->lower, ece.uncertainty.bounds->upper);
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string folder = argc > 1 ? argv[1] : ".";
  const std::size_t ends[] = {0, 500, 4500, 5000};
  const predictions all = make_predictions(ends[3]);
  calibrant::thread_pool pool;

  // Each shard is measured where its rows are; only its state travels.
  for (int shard = 0; shard < 3; ++shard) {
    const std::string name = "shard-" + std::to_string(shard);
    const calibrant::evaluation_state state = measure(all, ends[shard], ends[shard + 1], name, pool);
    print_ece(name, state);
    calibrant::write_state(folder + "/" + name + ".cstate", state);
  }

  // The order of merging does not matter.
  calibrant::evaluation_state merged = calibrant::read_state(folder + "/shard-2.cstate");
  merged.merge(calibrant::read_state(folder + "/shard-0.cstate"));
  merged.merge(calibrant::read_state(folder + "/shard-1.cstate"));
  print_ece("merged", merged);

  const calibrant::evaluation_state whole = measure(all, 0, ends[3], "all", pool);
  print_ece("one pass", whole);
  const bool equal = merged.panels == whole.panels;
  std::printf("merged and one pass are %s, bit for bit\n", equal ? "equal" : "DIFFERENT");
  return equal ? 0 : 1;
} catch (const calibrant::error& problem) {
  std::fprintf(stderr, "%s\n", problem.what());
  return 1;
}
