#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "support/measure.hpp"

namespace calibrant::testing {

/// Confidences as quantiles, and the sign and size of confidence less accuracy up to a factor.
struct shape {
  const char* name;
  double (*confidence)(double u);
  double (*gap)(double c);
};
inline double broad(double u) { return 0.3 + 0.699 * u; }
inline double sure(double u) { return 1 - 0.5 * std::pow(u, 4) - 0.001; }
inline double bin(double c) { return std::floor(15 * c); }
inline constexpr shape shapes[] = {
    {"over-confident", broad, [](double) { return 1.0; }},
    {"under-confident", broad, [](double) { return -1.0; }},
    {"over, then under", broad, [](double c) { return c < 0.65 ? -1.0 : 1.0; }},
    {"alternating bins", broad, [](double c) { return std::fmod(bin(c), 2) == 0 ? 1.0 : -1.0; }},
    {"as the noise", broad, [](double c) { return std::sqrt(c * (1 - c)); }},
    {"in three bins", broad, [](double c) { return bin(c) >= 9 && bin(c) < 12 ? 1.0 : 0.0; }},
    {"over-confident, sure", sure, [](double) { return 1.0; }},
};

/// A population in which confidence c is right with probability c - factor gap(c), within [0, 1].
class population {
 public:
  population(const shape& of, double ece) : shape_(of) {
    double low = 0;
    double high = 4;
    for (int step = 0; step < 50; ++step) {
      factor_ = (low + high) / 2;
      (error() < ece ? low : high) = factor_;
    }
    if (ece == 0) factor_ = 0;
  }

  [[nodiscard]] double accuracy(double c) const { return std::clamp(c - factor_ * shape_.gap(c), 0.0, 1.0); }

  /// Adds n rows of five classes, whose first is always predicted.
  void draw(dataset& into, std::size_t n, generator& random) const {
    for (std::size_t i = 0; i < n; ++i) {
      const double c = shape_.confidence(random.uniform());
      const double rest = (1 - c) / 4;
      into.push({c, rest, rest, rest, rest},
                random.uniform() < accuracy(c) ? 0 : 1 + static_cast<int>(random.below(4)));
    }
  }

  /// Adds n rows that are predicted as any of the five classes.
  void draw_of_every_class(dataset& into, std::size_t n, generator& random) const {
    for (std::size_t i = 0; i < n; ++i) {
      const double c = shape_.confidence(random.uniform());
      const std::size_t predicted = random.below(5);
      std::vector<double> row(5, (1 - c) / 4);
      row[predicted] = c;
      const bool right = random.uniform() < accuracy(c);
      into.push(row, static_cast<int>(right ? predicted : (predicted + 1 + random.below(4)) % 5));
    }
  }

  /// The population itself as weighted rows without chance: what a metric of them is, it is of the population.
  [[nodiscard]] dataset without_chance(std::size_t points = 20'000) const {
    dataset all{.name = "population", .classes = 5};
    for (std::size_t i = 0; i < points; ++i) {
      const double c = shape_.confidence((static_cast<double>(i) + 0.5) / static_cast<double>(points));
      for (std::size_t predicted = 0; predicted < 5; ++predicted)
        for (std::size_t label = 0; label < 5; ++label) {
          const double share = label == predicted ? accuracy(c) : (1 - accuracy(c)) / 4;
          if (share <= 0) continue;
          std::vector<double> row(5, (1 - c) / 4);
          row[predicted] = c;
          all.push(row, static_cast<int>(label));
          all.weights.push_back(share);
        }
    }
    return all;
  }

  /// What metrics would be of all rows, by the midpoint rule.
  struct truth {
    double ece = 0, rmsce = 0, classwise = 0, accuracy = 0;
  };
  [[nodiscard]] truth metrics() const {
    constexpr std::size_t points = 20'000;
    double gaps[15] = {};
    double mass[15] = {};
    double others[15] = {};  // of each class but the first: p = (1 - c) / 4
    truth result;
    for (std::size_t i = 0; i < points; ++i) {
      const double c = shape_.confidence((static_cast<double>(i) + 0.5) / points);
      const double gap = (c - accuracy(c)) / points;
      gaps[static_cast<std::size_t>(bin(c))] += gap;
      mass[static_cast<std::size_t>(bin(c))] += 1.0 / points;
      others[static_cast<std::size_t>(bin((1 - c) / 4))] += gap / 4;
      result.accuracy += accuracy(c) / points;
    }
    for (std::size_t b = 0; b < 15; ++b) {
      result.ece += std::abs(gaps[b]);
      if (mass[b] > 0) result.rmsce += gaps[b] * gaps[b] / mass[b];
      result.classwise += (std::abs(gaps[b]) + 4 * std::abs(others[b])) / 5;
    }
    result.rmsce = std::sqrt(result.rmsce);
    return result;
  }

 private:
  [[nodiscard]] double error() const { return metrics().ece; }

  shape shape_;
  double factor_ = 0;
};

inline evaluation_state sample(const population& of, std::size_t n, std::uint64_t seed) {
  generator random(seed);
  dataset data{.name = "sample", .classes = 5};
  of.draw(data, n, random);
  return measure(data, {.parts = panel_part::top_label | panel_part::proper_scores | panel_part::classwise});
}

}  // namespace calibrant::testing
