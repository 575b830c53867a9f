#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include <calibrant/catalog/metric_catalog.hpp>
#include <calibrant/evaluation/gate.hpp>

#include "evaluation/detail/metric_answer.hpp"

namespace calibrant::detail {

/// What one limit, or one side of a diff, looks at: a metric of some rows. `at(alpha)` is the metric with bounds that
/// each hold with probability 1 - alpha, or the reason why there are none.
struct gate_subject {
  std::function<estimate(double alpha)> at;
  double rows = 0;  ///< effective
};

/// The metric of all rows of a panel. What is passed must outlive the subject.
[[nodiscard]] gate_subject panel_subject(const metric_entry& entry, const panel_state& state,
                                         const panel_context& context, const metric_options& options);

/// A share of rows with Wilson's (1927) bounds: `hits` of `weight`, known as well as `rows` rows tell it.
[[nodiscard]] gate_subject share_subject(double hits, double weight, double rows);

/// The metric of class k, for metrics with has_class_meaning().
[[nodiscard]] gate_subject class_subject(const metric_entry& entry, const panel_state& state, std::size_t k);

/// The least alpha at which the bounds of a metric can be told apart from certainty.
[[nodiscard]] double least_alpha(const metric_entry& entry);

/// The value without the upward bias that noise gives it; see judge().
[[nodiscard]] double unbiased_value(const metric_entry& entry, const estimate& result);

/// By how much the metric of `model` is worse than that of `baseline`, positive if it is, with bounds at alpha.
[[nodiscard]] estimate worsening(const metric_entry& entry, const gate_subject& model, const gate_subject& baseline,
                                 double alpha);

}  // namespace calibrant::detail
