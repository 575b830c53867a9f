#include "statistical/simulation.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <span>

namespace calibrant::simulation {
namespace {

double uniform(std::mt19937_64& bits) { return static_cast<double>(bits() >> 11) * 0x1p-53; }

/// Box-Muller, because std::normal_distribution differs between standard libraries.
double normal(std::mt19937_64& bits) {
  const double radius = std::sqrt(-2 * std::log(1 - uniform(bits)));
  return radius * std::cos(2 * std::acos(-1.0) * uniform(bits));
}

void softmax(std::span<const double> z, double scale, std::span<double> out) {
  const double top = *std::max_element(z.begin(), z.end());
  double sum = 0;
  for (std::size_t k = 0; k < z.size(); ++k) sum += out[k] = std::exp(scale * (z[k] - top));
  for (double& p : out) p /= sum;
}

std::size_t bin_of(double p, std::size_t bins) {
  return std::min(static_cast<std::size_t>(p * static_cast<double>(bins)), bins - 1);
}

struct cell_sums {
  double rows = 0;
  double weight = 0, weight_squares = 0;
  double confidence = 0, hits = 0, variance = 0, residual = 0;  // the last two weighted by w^2

  void add(double c, bool hit, double w) {
    rows += 1;
    weight += w;
    weight_squares += w * w;
    confidence += w * c;
    hits += hit ? w : 0;
    variance += w * w * c * (1 - c);
    residual += w * w * (hit ? (1 - c) * (1 - c) : c * c);
  }
};

std::vector<cell_moments> moments(const std::vector<cell_sums>& sums, double total) {
  std::vector<cell_moments> cells;
  for (const cell_sums& s : sums)
    if (s.rows > 0)
      cells.push_back({s.weight / total, s.weight * s.weight / s.weight_squares, s.confidence / s.weight,
                       s.hits / s.weight, s.residual / s.weight_squares, s.variance / s.weight_squares});
  return cells;
}

double sum_of_gaps(const std::vector<cell_moments>& cells) {
  double sum = 0;
  for (const auto& c : cells) sum += c.weight * std::abs(c.confidence - c.accuracy);
  return sum;
}

}  // namespace

population::population(const population_options& options)
    : classes_(options.classes),
      bins_(options.bins),
      served_(options.rows * options.classes),
      cumulative_(options.rows * options.classes),
      prediction_(options.rows),
      bin_gap_(options.bins) {
  std::mt19937_64 bits(options.seed);
  std::vector<double> z(classes_), p(classes_), q(classes_);
  // Per cell the sum of served and of label probabilities over the whole population.
  std::vector<double> top(bins_), by_class(classes_ * bins_), conditional(classes_ * bins_), mass(bins_);
  for (std::size_t i = 0; i < options.rows; ++i) {
    for (double& x : z) x = options.spread * normal(bits);
    softmax(z, options.sharpness, p);
    softmax(z, 1, q);
    double running = 0;
    for (std::size_t k = 0; k < classes_; ++k) {
      running += q[k];
      served_[i * classes_ + k] = static_cast<float>(p[k]);
      cumulative_[i * classes_ + k] = static_cast<float>(running);
    }
    cumulative_[i * classes_ + classes_ - 1] = 1;
    // From here on the label probabilities are what draws use, the rounded differences.
    float before = 0;
    std::size_t best = 0;
    for (std::size_t k = 0; k < classes_; ++k) {
      const float upto = cumulative_[i * classes_ + k];
      q[k] = static_cast<double>(upto) - static_cast<double>(before);
      before = upto;
      p[k] = options.sharpness == 1 ? q[k] : static_cast<double>(served_[i * classes_ + k]);
      served_[i * classes_ + k] = static_cast<float>(p[k]);
      if (p[k] > p[best]) best = k;
    }
    prediction_[i] = static_cast<std::uint32_t>(best);
    for (std::size_t k = 0; k < classes_; ++k) by_class[k * bins_ + bin_of(p[k], bins_)] += p[k] - q[k];
    const std::size_t b = bin_of(p[best], bins_);
    top[b] += p[best] - q[best];
    mass[b] += 1;
    conditional[best * bins_ + b] += p[best] - q[best];
    accuracy_ += q[best];
  }
  const auto n = static_cast<double>(options.rows);
  accuracy_ /= n;
  for (std::size_t b = 0; b < bins_; ++b) {
    if (mass[b] == 0) continue;
    bin_gap_[b] = std::abs(top[b]) / mass[b];
    truth_.ece += std::abs(top[b]) / n;
    truth_.rms += bin_gap_[b] * bin_gap_[b] * mass[b] / n;
    truth_.max = std::max(truth_.max, bin_gap_[b]);
  }
  truth_.rms = std::sqrt(truth_.rms);
  for (double x : by_class) truth_.classwise += std::abs(x) / n / static_cast<double>(classes_);
  for (std::size_t b = 0; b < bins_; ++b) truth_.last_class += std::abs(by_class[(classes_ - 1) * bins_ + b]) / n;
  for (double x : conditional) truth_.top_label_conditional += std::abs(x) / n;
}

sample_cells population::draw(std::size_t n, std::uint64_t seed, sample_weights weights) const {
  std::mt19937_64 bits(seed);
  std::vector<cell_sums> top(bins_), by_class(classes_ * bins_), conditional(classes_ * bins_);
  double total = 0;
  for (std::size_t j = 0; j < n; ++j) {
    const std::size_t i = static_cast<std::size_t>(uniform(bits) * static_cast<double>(prediction_.size()));
    const float* p = &served_[i * classes_];
    const float* cumulative = &cumulative_[i * classes_];
    const double u = uniform(bits);
    std::size_t label = 0;
    while (label + 1 < classes_ && u >= static_cast<double>(cumulative[label])) ++label;
    const double w = weights == sample_weights::none ? 1 : std::exp(normal(bits));
    total += w;
    const std::size_t predicted = prediction_[i];
    const double c = static_cast<double>(p[predicted]);
    const std::size_t b = bin_of(c, bins_);
    top[b].add(c, predicted == label, w);
    conditional[predicted * bins_ + b].add(c, predicted == label, w);
    for (std::size_t k = 0; k < classes_; ++k) {
      const double pk = static_cast<double>(p[k]);
      by_class[k * bins_ + bin_of(pk, bins_)].add(pk, k == label, w);
    }
  }
  const std::vector<cell_sums> last(by_class.end() - static_cast<std::ptrdiff_t>(bins_), by_class.end());
  sample_cells out{moments(top, total), moments(by_class, total * static_cast<double>(classes_)), moments(last, total),
                   moments(conditional, total), 0};
  for (std::size_t b = 0; b < bins_; ++b)
    if (top[b].rows > 0) out.max_target = std::max(out.max_target, bin_gap_[b]);
  return out;
}

double sharpness_for(population_options options, double ece) {
  double low = 1;
  double high = 8;
  for (int step = 0; step < 30; ++step) {
    options.sharpness = (low + high) / 2;
    (population(options).truth().ece < ece ? low : high) = options.sharpness;
  }
  return (low + high) / 2;
}

errors errors_of(const sample_cells& cells) {
  errors e;
  for (const auto& c : cells.top_label) {
    const double gap = std::abs(c.confidence - c.accuracy);
    e.ece += c.weight * gap;
    e.rms += c.weight * gap * gap;
    e.max = std::max(e.max, gap);
  }
  e.rms = std::sqrt(e.rms);
  e.classwise = sum_of_gaps(cells.classwise);
  e.last_class = sum_of_gaps(cells.last_class);
  e.top_label_conditional = sum_of_gaps(cells.top_label_conditional);
  return e;
}

}  // namespace calibrant::simulation
