#include <calibrant/evaluation/state_diff.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/total_panel.hpp>
#include <calibrant/evaluation/warnings.hpp>

#include "evaluation/detail/change_family.hpp"
#include "evaluation/detail/chosen_metrics.hpp"
#include "evaluation/detail/comparable_states.hpp"
#include "evaluation/detail/diff_words.hpp"

namespace calibrant {
namespace {

using detail::change_family;
using detail::gate_subject;
using detail::panel_context;

/// What is asked first: is it still as often right, as confident, as honest, as sharp?
constexpr std::array<std::string_view, 6> leading_names = {"accuracy", "mean_confidence", "confidence_gap",
                                                           "ece",      "log_loss",        "brier"};

constexpr metric_entry label_share = {
    .name = "share",
    .title = "Share of labels",
    .question = "How many of the rows are of this class?",
    .definition = "W_k / W, with W_k the weight of the rows whose label is k",
    .units = "probability",
    .range = "[0, 1]",
    .better = metric_direction::none,
    .reads = panel_part::classwise,
    .citation = "",
    .default_panel = false,
    .finalize = nullptr,
};
constexpr metric_entry predicted_share = {
    .name = "predicted_share",
    .title = "Share of predictions",
    .question = "How many of the rows are predicted as this class?",
    .definition = "W_k / W, with W_k the weight of the rows predicted as k",
    .units = "probability",
    .range = "[0, 1]",
    .better = metric_direction::none,
    .reads = panel_part::top_label,
    .citation = "",
    .default_panel = false,
    .finalize = nullptr,
};

/// One of the two states, with all of its rows together.
struct side {
  explicit side(const evaluation_state& of)
      : state(of), total(of), context{.config = of.config, .soft_labels = of.counts.soft_labels > 0} {}

  [[nodiscard]] bool has_labels_of_classes() const {
    return state.config.parts.contain(panel_part::classwise) &&
           state.config.measurable().contain(panel_part::classwise);
  }

  const evaluation_state& state;
  total_panel total;
  panel_context context;
};

struct both {
  const side& before;
  const side& after;
};

void require_rows(const side& of, std::string_view name) {
  if (of.state.config.peer)
    throw error(
        error_code::invalid_argument,
        std::string(name) + ": got the numbers of another package, expected Calibrant's own; measure without a peer");
  if (of.total->top_label.all().empty())
    throw error(error_code::no_rows,
                std::string(name) + ": no rows, expected at least one row with a positive weight; measure more");
}

diff_side described(const side& of, std::string_view name) {
  const cell_pair& all = of.total->top_label.all();
  return {.name = std::string(name),
          .kind = of.state.config.kind,
          .sources = of.state.sources,
          .counts = of.state.counts,
          .weight = all.sums.weight,
          .effective_rows = all.effective_rows(),
          .weighted = of.state.weighted};
}

/// Adds the change of a metric between two panels, with what evaluate shows of either. `change` stays in place.
void add_metric(change_family& family, measured_change& change, const metric_entry& entry, const both& sides,
                const panel_state& before, const panel_state& after, const metric_options& options) {
  change.entry = &entry;
  change.before = detail::answer(entry, before, sides.before.context, options);
  change.after = detail::answer(entry, after, sides.after.context, options);
  family.add(change, detail::panel_subject(entry, before, sides.before.context, options),
             detail::panel_subject(entry, after, sides.after.context, options));
}

/// Shares of kinds of rows in either state.
mix_change mix_of(std::span<const double> before, double rows_before, std::span<const double> after,
                  double rows_after) {
  mix_change mix{.test = compare_shares(before, rows_before, after, rows_after)};
  mix.p_value = mix.test.p_value ? figure(*mix.test.p_value)
                                 : figure::none("needs two kinds with at least 5 expected rows in both states");
  return mix;
}

mix_change no_mix(const std::string& why) {
  mix_change mix;
  mix.p_value = mix.adjusted_p_value = figure::none(why);
  return mix;
}

std::vector<double> label_weights(const side& of) {
  std::vector<double> weights(of.state.config.classes.size());
  for (std::size_t k = 0; k < weights.size(); ++k) weights[k] = of.total->classwise.column(k).sums.hits;
  return weights;
}

mix_change class_mix_of(const both& sides, const state_diff& result) {
  if (!sides.before.has_labels_of_classes() || !sides.after.has_labels_of_classes())
    return no_mix("needs the class of each label, which one of the states does not hold");
  return mix_of(label_weights(sides.before), result.before.effective_rows, label_weights(sides.after),
                result.after.effective_rows);
}

gate_subject quantity_of_class(const metric_entry& entry, const side& of, std::size_t k) {
  const panel_state& panel = *of.total;
  const cell_pair& all = panel.top_label.all();
  const auto none = [](const std::string& why) {
    return gate_subject{.at = [why](double) { return estimate::none(why); }, .rows = 0};
  };
  if (entry.reads.contain(panel_part::classwise) && !of.has_labels_of_classes())
    return none("needs the class of each label, which the state does not hold");
  if (&entry == &predicted_share)
    return detail::share_subject(panel.top_label.predicted(k).sums.weight, all.sums.weight, all.effective_rows());
  if (&entry == &label_share) {
    const cell_pair column = panel.classwise.column(k);
    return detail::share_subject(column.sums.hits, column.sums.weight, column.effective_rows());
  }
  if (entry.name == "classwise_ece" && of.context.soft_labels) return none(detail::soft_label_reason);
  return detail::class_subject(entry, panel, k);
}

void add_classes(change_family& family, state_diff& result, const both& sides, double alpha, thread_pool& pool) {
  const bool labels = sides.before.has_labels_of_classes() && sides.after.has_labels_of_classes();
  const std::span<const metric_entry* const> quantities = class_quantities();
  result.by_class.resize(result.classes.size());
  std::vector<std::array<gate_subject, 2>> subjects(result.by_class.size() * quantities.size());
  pool.run(result.by_class.size(), [&](std::size_t k) {
    class_change& row = result.by_class[k];
    row.place = k;
    if (labels) {
      row.rows_before = sides.before.total->classwise.column(k).sums.hits;
      row.rows_after = sides.after.total->classwise.column(k).sums.hits;
    }
    row.changes.resize(quantities.size());
    for (std::size_t q = 0; q < quantities.size(); ++q) {
      measured_change& change = row.changes[q];
      change.entry = quantities[q];
      std::array<gate_subject, 2>& pair = subjects[k * quantities.size() + q];
      pair = {quantity_of_class(*change.entry, sides.before, k), quantity_of_class(*change.entry, sides.after, k)};
      change.before = pair[0].at(alpha / 2);
      change.after = pair[1].at(alpha / 2);
    }
  });
  for (std::size_t k = 0; k < result.by_class.size(); ++k)
    for (std::size_t q = 0; q < quantities.size(); ++q) {
      auto& [before, after] = subjects[k * quantities.size() + q];
      family.add(result.by_class[k].changes[q], std::move(before), std::move(after));
    }
}

/// The weights of all groups that some state has, those without rows in neither.
std::map<std::string, std::array<double, 2>> group_weights(const both& sides) {
  std::map<std::string, std::array<double, 2>> weights;
  for (const std::size_t which : {0U, 1U})
    for (const auto& [name, panel] : (which == 0 ? sides.before : sides.after).state.panels)
      if (!panel.top_label.all().empty()) weights[name][which] = panel.top_label.all().sums.weight;
  return weights;
}

void add_groups(change_family& family, state_diff& result, const both& sides,
                const std::vector<const metric_entry*>& metrics, const metric_options& options) {
  result.grouped = sides.before.state.grouped && sides.after.state.grouped;
  if (!result.grouped) {
    result.group_mix = no_mix("needs groups in both states");
    return;
  }
  std::array<std::vector<double>, 2> mix;
  for (const auto& [name, weight] : group_weights(sides)) {
    for (const std::size_t which : {0U, 1U}) mix[which].push_back(weight[which]);
    if (weight[0] > 0 && weight[1] > 0)
      result.groups.push_back({.name = name, .weight_before = weight[0], .weight_after = weight[1]});
    else
      (weight[0] > 0 ? result.groups_gone : result.groups_new).push_back(name);
  }
  result.group_mix = mix_of(mix[0], result.before.effective_rows, mix[1], result.after.effective_rows);
  family.add(result.group_mix);
  for (group_change& group : result.groups) {
    group.changes.resize(metrics.size());
    for (std::size_t m = 0; m < metrics.size(); ++m)
      add_metric(family, group.changes[m], *metrics[m], sides, sides.before.state.panels.at(group.name),
                 sides.after.state.panels.at(group.name), options);
  }
}

/// The leading metrics and, unless some were asked for by name, the rest of the panel.
struct metric_families {
  std::vector<const metric_entry*> leading;
  std::vector<const metric_entry*> further;
};

metric_families families_of(const std::vector<std::string>& names) {
  if (!names.empty()) return {.leading = detail::chosen_metrics(names), .further = {}};
  metric_families result;
  for (const std::string_view name : leading_names) result.leading.push_back(find_metric(name));
  for (const metric_entry* const entry : detail::chosen_metrics({}))
    if (std::find(leading_names.begin(), leading_names.end(), entry->name) == leading_names.end())
      result.further.push_back(entry);
  return result;
}

bool any_significant(const std::vector<measured_change>& changes) {
  return std::any_of(changes.begin(), changes.end(), [](const measured_change& c) { return c.significant(); });
}

}  // namespace

std::string_view name_of(change_verdict verdict) noexcept {
  constexpr std::array<std::string_view, 6> names = {"better", "worse", "higher", "lower", "no_evidence", "not_tested"};
  return names[static_cast<std::size_t>(verdict)];
}

bool class_change::significant() const noexcept { return any_significant(changes); }
bool group_change::significant() const noexcept { return any_significant(changes); }

std::span<const metric_entry* const> class_quantities() noexcept {
  static const std::array<const metric_entry*, 4> quantities = {&label_share, &predicted_share, find_metric("accuracy"),
                                                                find_metric("classwise_ece")};
  return quantities;
}

state_diff diff(const evaluation_state& before, const evaluation_state& after, const diff_options& options,
                std::string_view name_before, std::string_view name_after, thread_pool* pool) {
  thread_pool alone(1);
  if (pool == nullptr) pool = &alone;
  require_valid(options.metric);
  const metric_families metrics = families_of(options.metrics);
  detail::require_comparable({after, name_after}, {before, name_before});
  const side old_side(before);
  const side new_side(after);
  require_rows(old_side, name_before);
  require_rows(new_side, name_after);
  const both sides{old_side, new_side};

  state_diff result{.options = options,
                    .before = described(old_side, name_before),
                    .after = described(new_side, name_after),
                    .classes = after.config.classes,
                    .bins = after.config.bins};
  metric_options shown = options.metric;
  shown.level = options.level;

  change_family leading(options.level);
  change_family further(options.level);
  change_family of_classes(options.level);
  change_family of_groups(options.level);
  const auto add_all = [&](change_family& family, const std::vector<const metric_entry*>& entries,
                           std::vector<measured_change>& changes) {
    changes.resize(entries.size());
    for (std::size_t m = 0; m < entries.size(); ++m)
      add_metric(family, changes[m], *entries[m], sides, *old_side.total, *new_side.total, shown);
  };
  add_all(leading, metrics.leading, result.leading);
  result.class_mix = class_mix_of(sides, result);
  leading.add(result.class_mix);
  add_all(further, metrics.further, result.further);
  add_classes(of_classes, result, sides, options.level.alpha(), *pool);
  add_groups(of_groups, result, sides, metrics.leading, shown);

  const std::array<const change_family*, 4> families = {&leading, &further, &of_classes, &of_groups};
  std::size_t tests = 0;
  for (const change_family* const family : families) tests += family->size();
  pool->run(tests, [&](std::size_t i) {
    for (const change_family* const family : families) {
      if (i < family->size()) {
        family->test(i);
        return;
      }
      i -= family->size();
    }
  });
  result.leading_tests = leading.settle();
  result.further_tests = further.settle();
  result.class_tests = of_classes.settle();
  result.group_tests = of_groups.settle();
  result.verdict = detail::verdict_of(result);
  result.advice = detail::diff_advice(result);
  result.warnings = detail::diff_warnings(result, before, after);
  return result;
}

}  // namespace calibrant
