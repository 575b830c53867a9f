#include "statistical/coverage.hpp"

#include <algorithm>
#include <cmath>

#include <calibrant/stats/l1_error_bounds.hpp>
#include <calibrant/stats/l1_error_null.hpp>
#include <calibrant/stats/l2_error_inference.hpp>
#include <calibrant/stats/max_error_interval.hpp>
#include <calibrant/stats/rms_error_null.hpp>

namespace calibrant::simulation {
namespace {

double chernoff(double x, double p, std::size_t trials) {
  const auto part = [](double a, double b) { return a == 0 ? 0 : a * std::log(a / b); };
  return std::exp(-static_cast<double>(trials) * (part(x, p) + part(1 - x, 1 - p)));
}

/// The population value of a calibrated model is 0 up to rounding.
constexpr double rounding = 1e-7;

void add(coverage& c, const interval& i, double truth) {
  const bool above = i.lower > truth + rounding;
  const bool below = i.upper < truth - rounding;
  c.above.add(above);
  c.below.add(below);
  c.held.add(!above && !below);
  c.width += i.upper - i.lower;
}

struct mean_of {
  double sum = 0, squares = 0, expected = 0;
  void add(double x, double e) {
    sum += x;
    squares += x * x;
    expected += e;
  }
  void read(double n, double& mean, double& expectation, double& se) const {
    mean = sum / n;
    expectation = expected / n;
    se = std::sqrt(std::max(squares / n - mean * mean, 0.0) / n);
  }
};

}  // namespace

double false_alarm_of_low(share s, double p) { return s.value() >= p ? 1 : chernoff(s.value(), p, s.trials); }
double false_alarm_of_high(share s, double p) { return s.value() <= p ? 1 : chernoff(s.value(), p, s.trials); }

study run_study(const study_options& options) {
  population_options model = options.population;
  if (options.ece > 0) {
    population_options small = model;
    small.rows = 20'000;
    model.sharpness = sharpness_for(small, options.ece);
  }
  const population rows(model);
  study s;
  s.name = options.name;
  s.truth = rows.truth();
  s.accuracy = rows.accuracy();
  s.n = options.n;
  s.repetitions = options.repetitions;
  mean_of ece, rms, classwise;
  for (std::size_t j = 0; j < options.repetitions; ++j) {
    const std::uint64_t seed = 1'000'003 * (options.n + 31 * model.seed) + j;
    const sample_cells cells = rows.draw(options.n, seed, options.weights);
    const errors observed = errors_of(cells);

    add(s.ece, l1_error_interval(cells.top_label), s.truth.ece);
    add(s.max, max_error_interval(cells.top_label), cells.max_target);
    add(s.classwise, l1_error_interval(cells.classwise), s.truth.classwise);
    add(s.last_class, l1_error_interval(cells.last_class), s.truth.last_class);
    add(s.top_label_conditional, l1_error_interval(cells.top_label_conditional), s.truth.top_label_conditional);

    const l2_error_inference l2(cells.top_label);
    add(s.rms, l2.error_interval().bounds, s.truth.rms);
    const l2_error_interval paper = l2.error_interval({}, l2_interval_method::paper);
    if (s.truth.rms > rounding) {
      add(s.rms_paper, paper.bounds, s.truth.rms);
    } else {  // at 0 the published set may be cut from its interval
      s.rms_paper.above.add(!paper.contains_zero);
      s.rms_paper.below.add(false);
      s.rms_paper.held.add(paper.contains_zero);
      s.rms_paper.width += paper.bounds.upper - paper.bounds.lower;
    }
    s.l2_p_05.add(l2.p_value() <= 0.05);
    s.l2_p_01.add(l2.p_value() <= 0.01);

    const l1_error_null null(cells.top_label);
    s.l1_p_05.add(null.p_value(observed.ece) <= 0.05);
    s.l1_p_01.add(null.p_value(observed.ece) <= 0.01);
    const l1_error_null classwise_null(cells.classwise);
    s.classwise_p_05.add(classwise_null.p_value(observed.classwise) <= 0.05);
    s.last_class_p_05.add(l1_error_null(cells.last_class).p_value(observed.last_class) <= 0.05);
    ece.add(observed.ece, null.expected());
    rms.add(observed.rms, expected_rms_error(cells.top_label));
    classwise.add(observed.classwise, classwise_null.expected());
  }
  const auto r = static_cast<double>(options.repetitions);
  ece.read(r, s.mean_ece, s.mean_expected, s.se_ece);
  rms.read(r, s.mean_rms, s.mean_expected_rms, s.se_rms);
  classwise.read(r, s.mean_classwise, s.mean_expected_classwise, s.se_classwise);
  for (coverage* c : {&s.ece, &s.rms, &s.rms_paper, &s.max, &s.classwise, &s.last_class, &s.top_label_conditional})
    c->width /= r;
  return s;
}

}  // namespace calibrant::simulation
