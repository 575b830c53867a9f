#include <calibrant/evaluation/evaluation.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/headline.hpp>
#include <calibrant/evaluation/warnings.hpp>

namespace calibrant {
namespace {

std::vector<const metric_entry*> chosen_metrics(const std::vector<std::string>& names) {
  std::vector<const metric_entry*> chosen;
  if (names.empty()) {
    for (const metric_entry& entry : metric_catalog())
      if (entry.default_panel) chosen.push_back(&entry);
    return chosen;
  }
  for (const std::string& name : names) {
    const metric_entry* entry = find_metric(name);
    if (entry == nullptr) {
      std::string known;
      for (const metric_entry& each : metric_catalog()) known += (known.empty() ? "" : ", ") + std::string(each.name);
      throw error(error_code::invalid_argument, "metrics: got \"" + name + "\", expected one of " + known);
    }
    if (std::find(chosen.begin(), chosen.end(), entry) == chosen.end()) chosen.push_back(entry);
  }
  return chosen;
}

panel make_panel(const panel_state& state, const peer_state* peer, const evaluation_config& config,
                 const std::vector<const metric_entry*>& metrics, const evaluation_options& options,
                 thread_pool& pool) {
  panel result;
  const metric_options metric_options{.level = options.level, .norm = options.norm};
  for (const metric_entry* entry : metrics) result.metrics.push_back({entry, estimate::none("")});

  // Independent parts, the longest first; each writes its own place, so their order does not matter.
  std::vector<std::function<void()>> parts;
  // Asked of the options and of the state: a whole state answers a restricted question as a restricted pass does.
  const bool with_classes = peer == nullptr && state.parts.contain(panel_part::classwise) &&
                            parts_needed(options).contain(panel_part::classwise);
  if (with_classes)
    parts.emplace_back([&] { result.per_class = class_table(state.top_label, state.classwise, options.level); });
  if (with_classes && options.per_class_reliability.value_or(config.classes.size() <= 100))
    parts.emplace_back([&] {
      for (std::size_t k = 0; k < config.classes.size(); ++k)
        result.class_reliability.push_back(class_reliability(state.classwise, k, options.level));
    });
  for (panel_metric& metric : result.metrics)
    parts.emplace_back([&state, peer, &metric_options, m = &metric] {
      m->result =
          peer != nullptr ? peer_estimate(*peer, state, m->entry->name) : compute(*m->entry, state, metric_options);
    });
  parts.emplace_back([&] {
    result.top_label = peer != nullptr ? peer_reliability(*peer, options.level)
                                       : top_label_reliability(state.top_label, options.level);
  });
  parts.emplace_back([&] { result.headline = headline(state, options.level); });
  pool.run(parts.size(), [&](std::size_t part) { parts[part](); });

  result.weight = state.top_label.all().sums.weight;
  result.warnings = panel_warnings(state, config, result);
  return result;
}

evaluation_warning peer_notice(const peer_entry& peer) {
  return {"peer_mode", "the metrics and the bins are those of " + std::string(peer.package) + " " +
                           std::string(peer.version) + "; the headline and the warnings are Calibrant's own"};
}

}  // namespace

const estimate* panel::find(std::string_view metric) const noexcept {
  for (const panel_metric& m : metrics)
    if (m.entry->name == metric) return &m.result;
  return nullptr;
}

panel_parts parts_needed(const evaluation_options& options) {
  panel_parts parts = panel_part::top_label;
  for (const metric_entry* entry : chosen_metrics(options.metrics)) parts = parts | entry->reads;
  if (options.per_class_reliability.value_or(false)) parts = parts | panel_part::classwise;
  return parts;
}

evaluation evaluate(const evaluation_state& state, const evaluation_options& options, thread_pool* pool) {
  thread_pool alone(1);
  if (pool == nullptr) pool = &alone;
  if (!(options.norm >= 1) || !std::isfinite(options.norm))
    throw error(error_code::invalid_argument,
                "norm: got " + std::to_string(options.norm) + ", expected a finite number of at least 1");
  const std::vector<const metric_entry*> metrics = chosen_metrics(options.metrics);
  const panel_state total = state.total();
  const std::optional<peer_state> peer = state.peer_total();
  if (total.top_label.all().empty())
    throw error(error_code::no_rows, "no rows: the state is empty, expected at least one row with a positive weight");

  evaluation result{.config = state.config,
                    .options = options,
                    .grouped = state.grouped,
                    .weighted = state.weighted,
                    .counts = state.counts,
                    .sources = state.sources,
                    .total = make_panel(total, peer ? &*peer : nullptr, state.config, metrics, options, *pool),
                    .groups = {}};
  std::vector<evaluation_warning> about_rows = row_warnings(state.counts);
  if (state.config.peer) about_rows.insert(about_rows.begin(), peer_notice(*state.config.peer->entry));
  result.total.warnings.insert(result.total.warnings.begin(), about_rows.begin(), about_rows.end());
  if (state.grouped)
    for (const auto& [name, panel] : state.panels)
      if (!panel.top_label.all().empty())
        result.groups.emplace(
            name, make_panel(panel, peer ? &state.peers.at(name) : nullptr, state.config, metrics, options, *pool));
  return result;
}

}  // namespace calibrant
