#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <calibrant/evaluation/prediction_batch.hpp>

namespace calibrant::testing {

/// Rows for a test, as plain vectors.
struct dataset {
  std::string name;
  std::size_t classes = 0;                    ///< K
  std::vector<double> scores = {};            ///< n x K, row-major
  std::vector<std::int32_t> labels = {};      ///< n
  std::vector<double> weights = {};           ///< n, or empty
  std::vector<std::int32_t> groups = {};      ///< n, or empty
  std::vector<std::string> group_names = {};  ///< empty without groups
  score_kind kind = score_kind::probabilities;

  [[nodiscard]] std::size_t rows() const noexcept { return labels.size(); }
  [[nodiscard]] const double* row(std::size_t i) const noexcept { return scores.data() + i * classes; }
  void push(const std::vector<double>& scores_of_row, std::int32_t label) {
    scores.insert(scores.end(), scores_of_row.begin(), scores_of_row.end());
    labels.push_back(label);
  }
};

/// The rows named by `indices`, in that order; an index may occur any number of times.
[[nodiscard]] inline dataset take(const dataset& from, const std::vector<std::size_t>& indices) {
  dataset taken{.name = from.name, .classes = from.classes, .group_names = from.group_names, .kind = from.kind};
  for (const std::size_t i : indices) {
    taken.scores.insert(taken.scores.end(), from.row(i), from.row(i) + from.classes);
    taken.labels.push_back(from.labels[i]);
    if (!from.weights.empty()) taken.weights.push_back(from.weights[i]);
    if (!from.groups.empty()) taken.groups.push_back(from.groups[i]);
  }
  return taken;
}

[[nodiscard]] inline dataset slice(const dataset& from, std::size_t first, std::size_t last) {
  std::vector<std::size_t> indices(last - first);
  std::iota(indices.begin(), indices.end(), first);
  return take(from, indices);
}

/// 0 .. n-1 in random order.
[[nodiscard]] inline std::vector<std::size_t> shuffled_indices(std::size_t n, std::uint64_t seed) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937_64 random(seed);
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[random() % i]);
  return order;
}

/// Column k of the result is column order[k] of `from`; labels follow.
[[nodiscard]] inline dataset permute_classes(const dataset& from, const std::vector<std::size_t>& order) {
  dataset permuted = from;
  std::vector<std::int32_t> place(from.classes);
  for (std::size_t k = 0; k < from.classes; ++k) place[order[k]] = static_cast<std::int32_t>(k);
  for (std::size_t i = 0; i < from.rows(); ++i) {
    for (std::size_t k = 0; k < from.classes; ++k) permuted.scores[i * from.classes + k] = from.row(i)[order[k]];
    permuted.labels[i] = place[static_cast<std::size_t>(from.labels[i])];
  }
  return permuted;
}

/// Random numbers that are the same with every standard library: only the engine is taken from it.
class generator {
 public:
  explicit generator(std::uint64_t seed) : engine_(seed) {}
  /// In [0, 1).
  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  double exponential() { return -std::log1p(-uniform()); }
  /// Standard normal (Box and Muller 1958).
  double normal() {
    const double radius = std::sqrt(2 * exponential());
    return radius * std::cos(2 * 3.14159265358979323846 * uniform());
  }
  /// A label drawn from the row p.
  std::int32_t label(const std::vector<double>& p) {
    double u = uniform();
    for (std::size_t k = 0; k + 1 < p.size(); ++k)
      if ((u -= p[k]) < 0) return static_cast<std::int32_t>(k);
    return static_cast<std::int32_t>(p.size() - 1);
  }

 private:
  std::mt19937_64 engine_;
};

[[nodiscard]] inline std::vector<double> softmax(const std::vector<double>& z) {
  const double top = *std::max_element(z.begin(), z.end());
  std::vector<double> p(z.size());
  double total = 0;
  for (std::size_t k = 0; k < z.size(); ++k) total += p[k] = std::exp(z[k] - top);
  for (double& x : p) x /= total;
  return p;
}

/// Rows of an over-confident model: labels follow softmax(z), the model says softmax(1.5 z). Small `spread` is close to
/// uniform, large is peaked.
[[nodiscard]] inline dataset random_probabilities(std::size_t n, std::size_t classes, std::uint64_t seed,
                                                  double spread = 2) {
  dataset data{.name = "random, K = " + std::to_string(classes), .classes = classes};
  generator random(seed);
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> z(classes);
    for (double& x : z) x = spread * random.normal();
    const std::vector<double> truth = softmax(z);
    for (double& x : z) x *= 1.5;
    data.push(softmax(z), random.label(truth));
  }
  return data;
}

/// Probabilities that promise too much of the lower classes and too little of the upper ones.
[[nodiscard]] inline dataset slanted_probabilities(std::size_t n, std::size_t classes, std::uint64_t seed) {
  dataset data{.name = "random, slanted by class, K = " + std::to_string(classes), .classes = classes};
  generator random(seed);
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> z(classes);
    for (double& x : z) x = random.normal();
    const std::vector<double> served = softmax(z);
    for (std::size_t k = classes / 2; k < classes; ++k) z[k] += 1.5;
    data.push(served, random.label(softmax(z)));
  }
  return data;
}

/// Logits with the same kind of miscalibration; about one row in ten has classes of logit -infinity.
[[nodiscard]] inline dataset random_logits(std::size_t n, std::size_t classes, std::uint64_t seed) {
  dataset data{.name = "logits, K = " + std::to_string(classes), .classes = classes, .kind = score_kind::logits};
  generator random(seed);
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> z(classes);
    for (double& x : z) x = 3 * random.normal();
    std::vector<double> truth = softmax(z);
    const std::int32_t y = random.label(truth);
    if (random.below(10) == 0 && classes > 2)
      for (std::size_t k = 0; k < classes; ++k)
        if (static_cast<std::int32_t>(k) != y && random.below(3) == 0) z[k] = -std::numeric_limits<double>::infinity();
    for (double& x : z) x = 1.5 * x + 10;
    data.push(z, y);
  }
  return data;
}

/// Values that are multiples of 1/1024, so that float16, float32 and float64 hold the same numbers; many ties, exact 0
/// and exact 1. With `finite_loss` the label never has probability 0.
[[nodiscard]] inline dataset grid_probabilities(std::size_t n, std::size_t classes, std::uint64_t seed,
                                                bool finite_loss = true) {
  dataset data{.name = "multiples of 1/1024, K = " + std::to_string(classes), .classes = classes};
  generator random(seed);
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> p(classes, 0.0);
    const std::size_t parts = std::size_t{1} << random.below(6);  // 1, 2, 4 .. 32 equal shares
    for (std::size_t s = 0; s < parts; ++s) p[random.below(classes)] += 1.0 / static_cast<double>(parts);
    std::int32_t y = random.below(4) == 0 ? static_cast<std::int32_t>(random.below(classes)) : random.label(p);
    if (finite_loss && p[static_cast<std::size_t>(y)] == 0)
      y = static_cast<std::int32_t>(std::max_element(p.begin(), p.end()) - p.begin());
    data.push(p, y);
  }
  return data;
}

/// Confidences on and beside the edges of `bins` equal bins, in double.
[[nodiscard]] inline dataset edge_probabilities(std::size_t n, std::size_t classes, std::size_t bins,
                                                std::uint64_t seed) {
  dataset data{.name = "bin edges, K = " + std::to_string(classes), .classes = classes};
  generator random(seed);
  for (std::size_t i = 0; i < n; ++i) {
    double p = static_cast<double>(random.below(bins) + 1) * (1.0 / static_cast<double>(bins));
    const std::size_t side = random.below(3);
    if (side == 1) p = std::nextafter(p, 0.0);
    if (side == 2) p = std::nextafter(p, 2.0);
    p = std::min(p, 1.0);
    std::vector<double> row(classes, (1 - p) / static_cast<double>(classes - 1));
    const std::size_t k = random.below(classes);
    row[k] = p;
    data.push(row, p == 1 || random.uniform() < 0.9 * p ? static_cast<std::int32_t>(k)
                                                        : static_cast<std::int32_t>((k + 1) % classes));
  }
  return data;
}

/// Integer weights 0 .. 5, as frequencies.
inline void add_integer_weights(dataset& data, std::uint64_t seed) {
  generator random(seed);
  data.weights.clear();
  for (std::size_t i = 0; i < data.rows(); ++i) data.weights.push_back(static_cast<double>(random.below(6)));
}

/// Weights in (0, 3), a few of them 0 and a few of them integers.
inline void add_real_weights(dataset& data, std::uint64_t seed) {
  generator random(seed);
  data.weights.clear();
  for (std::size_t i = 0; i < data.rows(); ++i) {
    const std::size_t kind = random.below(8);
    data.weights.push_back(kind == 0 ? 0.0 : kind == 1 ? 1.0 : 3 * random.uniform() + 1e-3);
  }
}

/// Groups "a", "b", ... in unequal shares.
inline void add_groups(dataset& data, std::size_t count, std::uint64_t seed) {
  generator random(seed);
  data.groups.clear();
  data.group_names.clear();
  for (std::size_t g = 0; g < count; ++g) data.group_names.push_back(std::string(1, static_cast<char>('a' + g)));
  for (std::size_t i = 0; i < data.rows(); ++i)
    data.groups.push_back(static_cast<std::int32_t>(random.below(random.below(count) + 1)));
}

}  // namespace calibrant::testing
