// Time of the row kernels per score, on softmax of normal logits (standard deviation 2), in blocks of rows as the fused
// pass uses them. The plain sum over the same memory is the yardstick.
//
// Names: operation/type/K/target. Counters: value = seconds per score, row = seconds per row.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "simd/kernels.hpp"

namespace {

using namespace calibrant;
using namespace calibrant::simd;

constexpr std::size_t scores_in_all = 50'000'000;
constexpr std::size_t block_bytes = std::size_t{96} << 10;  // as the pass: evaluator.cpp
constexpr std::size_t bins = 15;

template <class T>
T rounded_to(double x) {
  if constexpr (std::is_same_v<T, float16>) {
    return float16{std::bit_cast<std::uint16_t>(static_cast<_Float16>(x))};
  } else {
    return static_cast<T>(x);
  }
}

/// n x K scores: a million different ones, repeated.
template <class T>
struct data_set {
  data_set(std::size_t K, bool logits) : n(scores_in_all / K), scores(n * K), rows(n), labels(n) {
    std::mt19937_64 random(1);
    std::normal_distribution<double> normal(0.0, 2.0);
    const std::size_t distinct = std::min(n, std::max<std::size_t>(1, 1'000'000 / K));
    std::vector<double> row(K);
    for (std::size_t i = 0; i < distinct; ++i) {
      double sum = 0.0;
      for (double& z : row) sum += std::exp(z = normal(random));
      for (std::size_t k = 0; k < K; ++k) scores[i * K + k] = rounded_to<T>(logits ? row[k] : std::exp(row[k]) / sum);
    }
    for (std::size_t i = distinct; i < n; ++i) std::copy_n(&scores[(i % distinct) * K], K, &scores[i * K]);
    for (std::size_t i = 0; i < n; ++i) {
      rows[i] = &scores[i * K];
      labels[i] = static_cast<std::int32_t>(random() % K);
    }
  }
  std::size_t n;
  std::vector<T> scores;
  std::vector<const T*> rows;
  std::vector<std::int32_t> labels;
};

struct summary_block {
  explicit summary_block(std::size_t n) : prediction(n) {
    for (auto& f : field) f.resize(n);
  }
  row_summaries pointers() {
    return {field[0].data(), prediction.data(), field[1].data(), field[2].data(), field[3].data(),
            field[4].data(), field[5].data(),   field[6].data(), field[7].data(), field[8].data()};
  }
  std::vector<double> field[9];
  std::vector<std::int32_t> prediction;
};

template <class T>
std::size_t rows_per_block(std::size_t K) {
  return std::clamp<std::size_t>(block_bytes / (K * sizeof(float)), 1, 256);
}

void report(benchmark::State& state, std::size_t n, std::size_t K) {
  using benchmark::Counter;
  const auto flags = Counter::kIsIterationInvariantRate | Counter::kInvert;
  state.counters["value"] = Counter(static_cast<double>(n * K), flags);
  state.counters["row"] = Counter(static_cast<double>(n), flags);
}

enum class operation { summarize, top_label, softmax, columns, summarize_and_columns, plain_sum };

template <class T>
void run(benchmark::State& state, operation what, std::size_t K, const kernels* target) {
  const data_set<T> data(K, what == operation::softmax);
  const auto& kernel = target->rows<T>();
  const std::size_t block = rows_per_block<T>(K);
  summary_block summaries(block);
  std::vector<double> p(what == operation::softmax ? block * K : 0);
  std::vector<std::int64_t> totals(K);
  std::vector<std::int64_t> squares(K);
  std::vector<pending_cell> cells(K * bins);
  std::size_t waiting = 0;  // rows in the three above
  for (auto _ : state) {
    double sum = 0.0;
    for (std::size_t i = 0; i < data.n; i += block) {
      const std::size_t n = std::min(block, data.n - i);
      const T* const* rows = data.rows.data() + i;
      const std::int32_t* labels = data.labels.data() + i;
      if (what == operation::summarize || what == operation::summarize_and_columns) {
        kernel.summarize_probabilities(rows, n, K, labels, summaries.pointers());
      }
      if (what == operation::top_label) kernel.summarize_top_label(rows, n, K, labels, summaries.pointers());
      if (what == operation::softmax) kernel.softmax(rows, n, K, labels, p.data(), summaries.pointers());
      if (what == operation::columns || what == operation::summarize_and_columns) {
        if ((waiting += n) > rows_between_flushes) {
          std::fill(totals.begin(), totals.end(), 0);
          std::fill(squares.begin(), squares.end(), 0);
          std::fill(cells.begin(), cells.end(), pending_cell{});
          waiting = n;
        }
        kernel.accumulate_columns(rows, n, K, bins, 0, totals.data(), squares.data(), cells.data());
        benchmark::ClobberMemory();
      }
      if (what == operation::plain_sum) {
        double lanes[32] = {};
        const T* scores = rows[0];
        const std::size_t count = n * K;
        std::size_t j = 0;
        for (; j + 32 <= count; j += 32) {
          for (std::size_t l = 0; l < 32; ++l) lanes[l] += to_double(scores[j + l]);
        }
        for (; j < count; ++j) lanes[0] += to_double(scores[j]);
        for (const double lane : lanes) sum += lane;
      }
    }
    benchmark::DoNotOptimize(sum);
  }
  report(state, data.n, K);
}

template <class T>
void add(const std::string& type, std::initializer_list<std::size_t> class_counts, bool with_targets) {
  const std::pair<operation, const char*> operations[] = {{operation::summarize, "summarize"},
                                                          {operation::top_label, "top_label"},
                                                          {operation::columns, "columns"},
                                                          {operation::summarize_and_columns, "summarize+columns"},
                                                          {operation::softmax, "softmax"}};
  for (const std::size_t K : class_counts) {
    const std::string shape = "/" + type + "/" + std::to_string(K);
    for (const kernels* target : available_targets()) {
      if (!with_targets && target != available_targets().front()) continue;
      for (const auto& [what, name] : operations) {
        benchmark::RegisterBenchmark((name + shape + "/" + std::string(target->name)).c_str(), run<T>, what, K, target)
            ->Unit(benchmark::kMillisecond);
      }
    }
    benchmark::RegisterBenchmark(("plain_sum" + shape).c_str(), run<T>, operation::plain_sum, K,
                                 available_targets().front())
        ->Unit(benchmark::kMillisecond);
  }
}

}  // namespace

int main(int argc, char** argv) {
  add<float>("float32", {10, 1000}, true);
  add<float>("float32", {2, 7, 37, 257}, false);
  add<double>("float64", {2, 7, 10, 37, 257, 1000}, false);
  add<float16>("float16", {2, 7, 10, 37, 257, 1000}, false);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
