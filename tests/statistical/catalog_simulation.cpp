#include "statistical/catalog_simulation.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>

#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/evaluator.hpp>

namespace calibrant::simulation {
namespace {

/// Metrics that take n^2 terms, or a draw of every label a thousand times: on few rows only.
bool is_slow(const metric_entry& entry) {
  return entry.name == "skce_unbiased" || entry.name == "hosmer_lemeshow_multinomial";
}

evaluation evaluate_rows(const testing::dataset& data, const std::vector<double>& shares,
                         const evaluation_options& options) {
  thread_pool alone(1);
  const evaluation_config config{
      .classes = class_names::indexed(data.classes), .kind = data.kind, .parts = parts_needed(options, data.classes)};
  evaluator pass(config, {}, alone);
  pass.accumulate({.values = scores(probabilities(
                       basic_matrix_view<double>::contiguous(data.scores.data(), data.rows(), data.classes))),
                   .labels = data.labels,
                   .label_shares = shares});
  return evaluate(pass.finish({{.path = "rows", .rows = data.rows(), .sha256 = {}}}, {}, {}, false), options);
}

}  // namespace

catalog_population::catalog_population(const population_options& options) {
  rows_.classes = options.classes;
  testing::generator random(options.seed);
  std::vector<double> z(options.classes);
  for (std::size_t i = 0; i < options.rows; ++i) {
    for (double& x : z) x = options.spread * random.normal();
    const std::vector<double> q = testing::softmax(z);
    shares_.insert(shares_.end(), q.begin(), q.end());
    for (double& x : z) x *= options.sharpness;
    rows_.push(options.sharpness == 1 ? q : testing::softmax(z), soft_label);
  }
  measure_values();
}

// The expectation of h over two independent rows with labels of their own, which is the same for equal rows.
double catalog_population::kernel_error() const {
  const std::size_t K = rows_.classes;
  const std::size_t n = std::min<std::size_t>(rows_.rows(), 4000);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      double distance = 0;
      double product = 0;
      for (std::size_t k = 0; k < K; ++k) {
        const double d = rows_.row(i)[k] - rows_.row(j)[k];
        distance += d * d;
        product += (shares_[i * K + k] - rows_.row(i)[k]) * (shares_[j * K + k] - rows_.row(j)[k]);
      }
      sum += (i == j ? 1 : 2) * std::exp(-std::sqrt(distance)) * product;
    }
  return sum / (static_cast<double>(n) * static_cast<double>(n));
}

void catalog_population::measure_values() {
  evaluation_options options;
  for (const metric_entry& entry : metric_catalog())
    if (!entry.needs.hard_labels) options.metrics.emplace_back(entry.name);
  for (const panel_metric& metric : evaluate_rows(rows_, shares_, options).total.metrics)
    if (metric.result.value.value) values_[std::string(metric.entry->name)] = *metric.result.value.value;
  // Estimates of a square without bias are of the same quantity as its plug-in value.
  values_["ece_l2_debiased"] = values_.at("rmsce");
  values_["adaptive_ece_l2_debiased"] = values_.at("adaptive_rmsce");
  values_["skce"] = values_["skce_unbiased"] = kernel_error();
  // The largest gap is over the bins that are not empty in the sample: see coverage.md.
  values_.erase("mce");
}

testing::dataset catalog_population::draw(std::size_t n, std::uint64_t seed) const {
  testing::generator random(seed);
  testing::dataset sample{.name = "sample", .classes = rows_.classes};
  for (std::size_t j = 0; j < n; ++j) {
    const std::size_t i = random.below(rows_.rows());
    const double* const q = shares_.data() + i * rows_.classes;
    sample.push({rows_.row(i), rows_.row(i) + rows_.classes}, random.label({q, q + rows_.classes}));
  }
  return sample;
}

std::map<std::string, metric_study> run_catalog_study(const catalog_study_options& options) {
  population_options model = options.population;
  if (options.ece > 0) model.sharpness = sharpness_for(model, options.ece);
  const catalog_population population(model);

  evaluation_options asked;
  asked.metric.draws = 199;
  asked.bootstrap = options.bootstrap;
  asked.metrics = options.metrics;
  if (asked.metrics.empty()) {
    for (const metric_entry& entry : metric_catalog())
      if (!is_slow(entry) || options.n <= 2000) asked.metrics.emplace_back(entry.name);
    std::erase_if(asked.metrics, [](const std::string& name) {  // neither interval nor p-value
      return name == "kde_canonical_error" || name.starts_with("log_loss_");
    });
  }

  std::map<std::string, metric_study> studies;
  std::mutex writing;
  thread_pool pool;
  pool.run(options.repetitions, [&](std::size_t repetition) {
    evaluation_options own = asked;
    own.metric.seed = repetition;
    const testing::dataset sample = population.draw(options.n, 1'000'003 * (options.n + 31 * model.seed) + repetition);
    const evaluation result = evaluate_rows(sample, {}, own);
    const std::lock_guard lock(writing);
    for (const panel_metric& metric : result.total.metrics) {
      const std::string name(metric.entry->name);
      metric_study& study = studies[name];
      if (const auto& p = metric.result.p_value.value) {
        study.p_05.add(*p <= 0.05);
        study.p_01.add(*p <= 0.01);
      }
      const auto target = population.values().find(name);
      if (target == population.values().end()) continue;
      study.target = target->second;
      const interval_estimate& uncertainty =
          metric.bootstrap ? metric.bootstrap->uncertainty : metric.result.uncertainty;
      study.told.add(uncertainty.bounds.has_value());
      if (const auto& bounds = uncertainty.bounds) {
        constexpr double rounding = 1e-7;  // a calibrated population misses 0 by less
        study.above.add(bounds->lower > study.target + rounding);
        study.below.add(bounds->upper < study.target - rounding);
        study.held.add(bounds->lower <= study.target + rounding && bounds->upper >= study.target - rounding);
      }
    }
  });
  return studies;
}

}  // namespace calibrant::simulation
