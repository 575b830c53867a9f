#include <calibrant/metrics/peers/peer_catalog.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <calibrant/stats/clopper_pearson.hpp>

#include "metrics/peers/detail/peer_tables.hpp"

namespace calibrant {

const peer_metric* peer_entry::find(std::string_view metric) const noexcept {
  const auto position =
      std::find_if(metrics.begin(), metrics.end(), [&](const peer_metric& m) { return m.metric == metric; });
  return position == metrics.end() ? nullptr : &*position;
}

std::span<const peer_entry> peer_catalog() noexcept { return detail::peer_table(); }

const peer_entry* find_peer(std::string_view name) noexcept {
  const std::span<const peer_entry> all = peer_catalog();
  const auto position = std::find_if(all.begin(), all.end(), [&](const peer_entry& peer) { return peer.name == name; });
  return position == all.end() ? nullptr : &*position;
}

std::string peer_names(std::string_view separator) {
  std::string names;
  for (const peer_entry& peer : peer_catalog()) names.append(names.empty() ? "" : separator).append(peer.name);
  return names;
}

peer_parts peer_parts_needed(const peer_entry& peer, std::span<const std::string> metrics) {
  peer_parts parts{.top_label_cells = true};  // for the reliability diagram
  for (const peer_metric& m : peer.metrics)
    if (metrics.empty() || std::find(metrics.begin(), metrics.end(), m.metric) != metrics.end())
      parts = parts | m.reads;
  return parts;
}

estimate peer_estimate(const peer_state& state, const panel_state& panel, std::string_view metric) {
  const peer_entry& peer = state.peer();
  if (const peer_metric* const m = peer.find(metric); m != nullptr) {
    if (!state.parts().contain(m->reads))
      return estimate::none(state.confidences_only()
                                ? "needs the probabilities of all classes; the input has the confidence of the "
                                  "predicted class only"
                                : "was not measured");
    const figure value = m->value(state, panel);
    if (!value.value) return estimate::none(value.reason);
    const std::string alone = "a peer mode gives the number of the package alone; leave out --peer for it";
    return {.value = value,
            .uncertainty = interval_estimate::none(alone),
            .expected_if_calibrated = figure::none(alone),
            .p_value = figure::none(alone),
            .details = {}};
  }
  for (const peer_refusal& refusal : peer.refusals)
    if (refusal.metric == metric) return estimate::none(std::string(refusal.reason));
  return estimate::none(std::string(peer.name) + " has no such metric");
}

std::vector<reliability_bin> peer_reliability(const peer_state& state, confidence_level level) {
  std::vector<reliability_bin> bins;
  if (!state.parts().top_label_cells) return bins;
  const bin_rule& rule = state.top_label_rule();
  for (std::size_t b = 0; b < rule.size(); ++b) {
    reliability_bin bin{.lower = std::clamp(rule.lower(b), 0.0, 1.0),
                        .upper = std::clamp(rule.upper(b), 0.0, 1.0),
                        .count = 0,
                        .confidence = {},
                        .accuracy = {},
                        .bounds = {}};
    if (const cell sums = read_cell(state.top_label().exact(0, b), {}); sums.weight > 0) {
      bin.count = sums.weight;
      bin.confidence = sums.confidence / sums.weight;
      bin.accuracy = sums.hits / sums.weight;
      bin.bounds = clopper_pearson(sums.hits, sums.weight, level);
    }
    bins.push_back(bin);
  }
  return bins;
}

}  // namespace calibrant
