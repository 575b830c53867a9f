#include <calibrant/evaluation/evaluation_state.hpp>

#include <charconv>
#include <string_view>

#include <calibrant/core/error.hpp>

namespace calibrant {
namespace {

std::string text(std::optional<double> floor) {
  if (!floor) return "none";
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, *floor).ptr};
}

[[noreturn]] void refuse(const std::string& what, std::string_view ours, std::string_view theirs) {
  throw error(error_code::state_mismatch, "merge: " + what + " is " + std::string(ours) + " in one state and " +
                                              std::string(theirs) +
                                              " in another, expected the same; evaluate both with the same options");
}

}  // namespace

void row_counts::merge(const row_counts& other) noexcept {
  measured += other.measured;
  zero_weight += other.zero_weight;
  clipped += other.clipped;
  loosely_normalized += other.loosely_normalized;
  renormalized += other.renormalized;
  soft_labels += other.soft_labels;
  for (std::size_t i = 0; i < skipped.size(); ++i) skipped[i] += other.skipped[i];
}

std::uint64_t row_counts::skipped_total() const noexcept {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : skipped) sum += count;
  return sum;
}

panel_parts evaluation_config::measurable() const noexcept {
  if (kind != score_kind::top_label) return panel_parts::all() | panel_part::kernel_pairs | panel_part::row_scores;
  return panel_part::top_label | panel_part::confidence_scores | panel_part::confidences | panel_part::rows;
}

panel_state evaluation_state::empty_panel() const {
  return {
      config.predicted_classes(), bin_edges::equal_width(config.bins), config.weights, config.log_floor, config.parts,
      config.exact_rows};
}

panel_state evaluation_state::total() const {
  panel_state sum = empty_panel();
  for (const auto& [name, panel] : panels) sum.merge(panel);
  sum.kernel_pairs.merge(cross_group_pairs);
  sum.rows.sort();
  return sum;
}

peer_state evaluation_state::empty_peer() const {
  return {*config.peer, config.predicted_classes(), config.kind == score_kind::top_label};
}

std::optional<peer_state> evaluation_state::peer_total() const {
  if (!config.peer) return std::nullopt;
  peer_state sum = empty_peer();
  for (const auto& [name, peer] : peers) sum.merge(peer);
  return sum;
}

void evaluation_state::merge(const evaluation_state& other) {
  const evaluation_config& a = config;
  const evaluation_config& b = other.config;
  if (a.classes.size() != b.classes.size())
    refuse("the number of classes", std::to_string(a.classes.size()), std::to_string(b.classes.size()));
  for (std::size_t k = 0; k < a.classes.size(); ++k)
    if (a.classes[k] != b.classes[k])
      refuse("class " + std::to_string(k), '"' + a.classes[k] + '"', '"' + b.classes[k] + '"');
  if (a.kind != b.kind) refuse("the kind of scores", calibrant::name_of(a.kind), calibrant::name_of(b.kind));
  if (a.bins != b.bins) refuse("the number of bins", std::to_string(a.bins), std::to_string(b.bins));
  if (a.weights != b.weights)
    refuse("the meaning of weights", calibrant::name_of(a.weights), calibrant::name_of(b.weights));
  if (a.log_floor != b.log_floor) refuse("the log floor", text(a.log_floor), text(b.log_floor));
  if (a.parts != b.parts) refuse("what was measured", a.parts.text(), b.parts.text());
  if (a.exact_rows != b.exact_rows)
    refuse("the number of exact rows", std::to_string(a.exact_rows), std::to_string(b.exact_rows));
  if (a.peer != b.peer)
    refuse("the peer", a.peer ? a.peer->entry->name : "none", b.peer ? b.peer->entry->name : "none");
  if (grouped != other.grouped)
    refuse("whether rows are grouped", grouped ? "yes" : "no", other.grouped ? "yes" : "no");

  weighted = weighted || other.weighted;
  counts.merge(other.counts);
  cross_group_pairs.merge(other.cross_group_pairs);
  const std::size_t theirs = other.sources.size();  // `other` may be this state
  for (std::size_t i = 0; i < theirs; ++i) sources.push_back(source_info(other.sources[i]));
  for (const auto& [name, panel] : other.panels) {
    const auto [position, inserted] = panels.try_emplace(name, panel);
    if (!inserted) position->second.merge(panel);
  }
  for (const auto& [name, peer] : other.peers) {
    const auto [position, inserted] = peers.try_emplace(name, peer);
    if (!inserted) position->second.merge(peer);
  }
}

}  // namespace calibrant
