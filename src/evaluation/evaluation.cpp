#include <calibrant/evaluation/evaluation.hpp>

#include <algorithm>
#include <functional>
#include <optional>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/headline.hpp>
#include <calibrant/evaluation/total_panel.hpp>
#include <calibrant/evaluation/warnings.hpp>

#include "evaluation/detail/chosen_metrics.hpp"
#include "evaluation/detail/metric_answer.hpp"

namespace calibrant {
namespace {

/// What soft labels leave of diagrams and of the class table, whose intervals count hits.
void keep_what_soft_labels_allow(panel& shown) {
  for (reliability_bin& bin : shown.top_label) bin.bounds.reset();
  for (std::vector<reliability_bin>& diagram : shown.class_reliability)
    for (reliability_bin& bin : diagram) bin.bounds.reset();
  for (class_row& row : shown.per_class) row.uncertainty = interval_estimate::none(detail::soft_label_reason);
}

evaluation_warning peer_notice(const peer_entry& peer) {
  return {"peer_mode", "the metrics and the bins are those of " + std::string(peer.package) + " " +
                           std::string(peer.version) + "; the headline and the warnings are Calibrant's own"};
}

void put_bootstrap(panel& shown, const panel_state& state, const evaluation_config& config,
                   const std::vector<const metric_entry*>& metrics, const evaluation_options& options,
                   thread_pool& pool) {
  std::vector<const estimate*> values;
  for (const panel_metric& metric : shown.metrics) values.push_back(&metric.result);
  std::vector<bootstrap_estimate> results =
      bootstrap(state, config, metrics, values, options.bootstrap, options.metric, pool);
  for (std::size_t m = 0; m < results.size(); ++m) shown.metrics[m].bootstrap = std::move(results[m]);
}

panel make_panel(const panel_state& state, const peer_state* peer, const detail::panel_context& context,
                 const std::vector<const metric_entry*>& metrics, const evaluation_options& options,
                 thread_pool& pool) {
  const evaluation_config& config = context.config;
  panel result;
  for (const metric_entry* entry : metrics) result.metrics.push_back({entry, estimate::none("")});

  // Independent parts, the longest first; each writes its own place, so their order does not matter.
  std::vector<std::function<void()>> parts;
  // Asked of the options and of the state: a whole state answers a restricted question as a restricted pass does.
  const bool asked_for_classes =
      peer == nullptr && parts_needed(options, config.classes.size()).contain(panel_part::classwise);
  const bool with_classes = asked_for_classes && state.parts.contain(panel_part::classwise);
  if (with_classes) {
    constexpr std::size_t run = 128;
    result.per_class.resize(config.classes.size());
    for (std::size_t first = 0; first < config.classes.size(); first += run)
      parts.emplace_back([&, first] {
        const std::size_t last = std::min(first + run, config.classes.size());
        std::ranges::move(class_table(state.top_label, state.classwise, options.metric.level, first, last),
                          result.per_class.begin() + static_cast<std::ptrdiff_t>(first));
      });
  }
  if (!with_classes && asked_for_classes && config.kind == score_kind::top_label && config.classes.size() > 0)
    parts.emplace_back([&] { result.per_class = predicted_class_table(state.top_label, options.metric.level); });
  if (with_classes && options.per_class_reliability.value_or(config.classes.size() <= 100))
    parts.emplace_back([&] {
      for (std::size_t k = 0; k < config.classes.size(); ++k)
        result.class_reliability.push_back(class_reliability(state.classwise, k, options.metric.level));
    });
  for (panel_metric& metric : result.metrics)
    parts.emplace_back([&state, peer, &context, &options, m = &metric] {
      if (peer != nullptr) {
        m->result = peer_estimate(*peer, state, m->entry->name);
        return;
      }
      m->result = detail::answer(*m->entry, state, context, options.metric);
    });
  parts.emplace_back([&] {
    result.top_label = peer != nullptr ? peer_reliability(*peer, options.metric.level)
                                       : top_label_reliability(state.top_label, options.metric.level);
  });
  parts.emplace_back([&] { result.headline = headline(state, options.metric.level, context.soft_labels); });
  pool.run(parts.size(), [&](std::size_t part) { parts[part](); });
  if (options.bootstrap > 0) put_bootstrap(result, state, config, metrics, options, pool);
  if (context.soft_labels) keep_what_soft_labels_allow(result);

  result.weight = state.top_label.all().sums.weight;
  result.warnings = panel_warnings(state, config, result);
  return result;
}

}  // namespace

const estimate* panel::find(std::string_view metric) const noexcept {
  for (const panel_metric& m : metrics)
    if (m.entry->name == metric) return &m.result;
  return nullptr;
}

panel_parts parts_needed(const evaluation_options& options, std::size_t classes) {
  panel_parts parts = panel_part::top_label;
  const bool frugal = options.metrics.empty() && classes > largest_default_class_values;
  for (const metric_entry* entry : detail::chosen_metrics(options.metrics))
    if (!frugal || !entry->reads.contain(panel_part::class_values)) parts = parts | entry->reads;
  if (options.per_class_reliability.value_or(false)) parts = parts | panel_part::classwise;
  if (options.bootstrap > 0) {
    parts = parts | panel_part::rows;
    for (const panel_part columns : {panel_part::classwise, panel_part::class_values, panel_part::ranks})
      if (parts.contain(columns)) parts = parts | panel_part::row_scores;
  }
  return parts;
}

void measure_for_peer(evaluation_config& config, const peer_entry& peer, std::optional<std::size_t> bins,
                      const std::vector<std::string>& metrics) {
  config.parts = (panel_part::proper_scores | panel_part::top_label) & config.measurable();
  config.peer = peer_choice{.entry = &peer,
                            .bins = bins.value_or(peer.default_bins),
                            .class_bins = bins.value_or(peer.default_class_bins),
                            .parts = peer_parts_needed(peer, metrics)};
}

evaluation evaluate(const evaluation_state& state, const evaluation_options& options, thread_pool* pool) {
  thread_pool alone(1);
  if (pool == nullptr) pool = &alone;
  require_valid(options.metric);
  if (options.bootstrap > 0 && (state.config.peer || !state.config.parts.contain(panel_part::rows)))
    throw error(error_code::invalid_argument,
                state.config.peer ? "bootstrap: got a peer, whose numbers have no replicates; leave out one of them"
                                  : "bootstrap: the state holds no rows, expected a pass that keeps them; evaluate the "
                                    "predictions themselves");
  const std::vector<const metric_entry*> metrics = detail::chosen_metrics(options.metrics);
  const total_panel total(state);
  // What a peer keeps is not copied either.
  std::optional<peer_state> peer_sum;
  const peer_state* peer = nullptr;
  if (state.peers.size() == 1)
    peer = &state.peers.begin()->second;
  else if (state.config.peer)
    peer = &*(peer_sum = state.peer_total());
  if (total->top_label.all().empty())
    throw error(error_code::no_rows, "no rows: the state is empty, expected at least one row with a positive weight");

  const detail::panel_context context{.config = state.config, .soft_labels = state.counts.soft_labels > 0};
  evaluation result{.config = state.config,
                    .options = options,
                    .grouped = state.grouped,
                    .weighted = state.weighted,
                    .counts = state.counts,
                    .sources = state.sources,
                    .total = make_panel(*total, peer, context, metrics, options, *pool),
                    .groups = {}};
  std::vector<evaluation_warning> about_rows = row_warnings(state.counts);
  if (state.config.peer) about_rows.insert(about_rows.begin(), peer_notice(*state.config.peer->entry));
  result.total.warnings.insert(result.total.warnings.begin(), about_rows.begin(), about_rows.end());
  if (state.grouped)
    for (const auto& [name, panel] : state.panels)
      if (!panel.top_label.all().empty())
        result.groups.emplace(name, make_panel(panel, peer != nullptr ? &state.peers.at(name) : nullptr, context,
                                               metrics, options, *pool));
  return result;
}

}  // namespace calibrant
