#include <calibrant/metrics/peers/peer_state.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <type_traits>

#include <calibrant/core/error.hpp>
#include <calibrant/metrics/peers/peer_catalog.hpp>

namespace calibrant {
namespace {

template <class T>
constexpr peer_number number_of = std::is_same_v<T, double>  ? peer_number::float64
                                  : std::is_same_v<T, float> ? peer_number::float32
                                                             : peer_number::float16;

/// Machine epsilon: the step from 1 to the next number.
double epsilon_of(peer_number type) {
  switch (type) {
    case peer_number::float16:
      return 0x1p-10;
    case peer_number::float32:
      return 0x1p-23;
    case peer_number::float64:
      break;
  }
  return 0x1p-52;
}

/// Rounded as arithmetic of the type rounds.
double rounded_to(peer_number type, double x) {
  return type == peer_number::float64 ? x : static_cast<double>(static_cast<float>(x));
}

double seen_value(peer_values values, peer_number type, double p) {
  if (values == peer_values::float32) return static_cast<double>(static_cast<float>(p));
  if (values == peer_values::as_stored) return p;
  const double epsilon = epsilon_of(type);
  return rounded_to(type, std::clamp(p, epsilon, 1 - epsilon));
}

double clipped_loss(peer_clip clip, peer_number type, double p) {
  if (clip != peer_clip::none) {
    const double floor = clip == peer_clip::epsilon ? epsilon_of(type) : 1e-15;
    p = std::clamp(p, floor, 1 - floor);
  }
  return -std::log(p);
}

}  // namespace

bool peer_parts::contain(const peer_parts& other) const noexcept { return (*this | other) == *this; }

peer_parts operator|(const peer_parts& a, const peer_parts& b) noexcept {
  return {.top_label_cells = a.top_label_cells || b.top_label_cells,
          .predicted_cells = a.predicted_cells || b.predicted_cells,
          .class_cells = a.class_cells || b.class_cells,
          .proper_scores = a.proper_scores || b.proper_scores,
          .confidences = a.confidences || b.confidences,
          .rows = a.rows || b.rows};
}

peer_state::peer_state(const peer_choice& choice, std::size_t classes, bool confidences_only)
    : peer_(choice.entry),
      classes_(classes),
      bins_(choice.bins),
      class_bins_(choice.class_bins),
      parts_(choice.parts),
      confidences_only_(confidences_only),
      seen_(std::max<std::size_t>(classes, 2)) {
  if (confidences_only) parts_.class_cells = parts_.proper_scores = parts_.rows = false;
  for (const peer_number type : {peer_number::float32, peer_number::float64}) {
    top_label_rules_.push_back(peer_->top_label_rule(bins_, type));
    class_rules_.push_back(peer_->class_rule(class_bins_, type));
  }
  const std::size_t top = std::max(top_label_rules_[0].size(), top_label_rules_[1].size());
  if (parts_.top_label_cells) top_label_ = cell_table(1, top);
  if (parts_.top_label_cells && peer_->count_rule != nullptr) {
    count_rule_.push_back(peer_->count_rule(bins_));
    counts_.resize(top);
  }
  if (parts_.predicted_cells) by_prediction_ = cell_table(classes, top);
  if (parts_.class_cells) by_class_ = cell_table(classes, std::max(class_rules_[0].size(), class_rules_[1].size()));
}

template <class T>
void peer_state::accumulate(const T* const* rows, const row_block& block, std::span<const std::size_t> places,
                            std::uint64_t first) {
  constexpr peer_number type = number_of<T>;
  require_room(block.rows);
  widest_ = std::max(widest_, type);
  const bin_rule& top_label_rule = top_label_rules_[type == peer_number::float64];
  const bin_rule& class_rule = class_rules_[type == peer_number::float64];
  const bool positive = peer_->positive_class && classes_ == 2 && !confidences_only_;
  for (std::size_t i = 0; i < block.rows; ++i) {
    const auto label = static_cast<std::size_t>(block.labels[i]);
    const auto prediction = static_cast<std::size_t>(block.summaries.prediction[i]);
    ++row_count_;
    correct_ += label == prediction;
    seen_[label] = 1;
    seen_[prediction] = 1;

    const forecast top{
        seen_value(peer_->values, type, positive ? to_double(rows[i][1]) : block.summaries.confidence[i]),
        positive ? label == 1 : label == prediction};
    if (parts_.top_label_cells || parts_.predicted_cells)
      top_label_rule.for_each_bin(top.value, [&](std::size_t b) {
        if (parts_.top_label_cells) top_label_.exact(0, b).add(top.value, top.hit, 1);
        if (parts_.predicted_cells) by_prediction_.exact(prediction, b).add(top.value, top.hit, 1);
      });
    for (const bin_rule& rule : count_rule_) rule.for_each_bin(top.value, [&](std::size_t b) { ++counts_[b]; });
    if (parts_.confidences) confidences_.push_back({first + places[i], top});
    if (parts_.proper_scores) {
      const double loss = clipped_loss(peer_->clip, type, to_double(rows[i][label]));
      if (std::isfinite(loss))
        loss_ += grids::loss.round(std::max(loss, 0.0));
      else
        ++infinite_losses_;
    }
    if (parts_.class_cells)
      for (std::size_t k = 0; k < classes_; ++k) {
        const double p = to_double(rows[i][k]);
        class_rule.for_each_bin(p, [&](std::size_t b) { by_class_.exact(k, b).add(p, k == label, 1); });
      }
    if (parts_.rows) {
      for (std::size_t k = 0; k < classes_; ++k) probabilities_.push_back(to_double(rows[i][k]));
      labels_.push_back(block.labels[i]);
    }
  }
}

template void peer_state::accumulate(const float* const*, const row_block&, std::span<const std::size_t>,
                                     std::uint64_t);
template void peer_state::accumulate(const double* const*, const row_block&, std::span<const std::size_t>,
                                     std::uint64_t);
template void peer_state::accumulate(const float16* const*, const row_block&, std::span<const std::size_t>,
                                     std::uint64_t);

void peer_state::require_room(std::size_t rows) const {
  const std::size_t kept = parts_.rows          ? probabilities_.size() + rows * classes_
                           : parts_.confidences ? 3 * (confidences_.size() + rows)
                                                : 0;
  if (kept > most_kept_numbers)
    throw error(error_code::unsupported,
                "--peer " + std::string(peer_->name) + ": a metric needs every " +
                    (parts_.rows ? "probability" : "confidence") + ", expected at most " +
                    std::to_string(most_kept_numbers) +
                    " numbers to keep; name metrics that need less with --metrics, such as ece, or take fewer rows");
}

void peer_state::merge(const peer_state& other) {
  if (peer_ != other.peer_ || classes_ != other.classes_ || bins_ != other.bins_ || class_bins_ != other.class_bins_ ||
      parts_ != other.parts_)
    throw error(
        error_code::state_mismatch,
        "merge: one state is of " + std::string(peer_->name) + " and another of " + std::string(other.peer_->name) +
            ", or they differ in classes, bins or metrics, expected the same; evaluate both with the same options");
  require_room(other.labels_.size() + other.confidences_.size());
  row_count_ += other.row_count_;
  correct_ += other.correct_;
  if (parts_.top_label_cells) top_label_.merge(other.top_label_);
  for (std::size_t b = 0; b < counts_.size(); ++b) counts_[b] += other.counts_[b];
  if (parts_.predicted_cells) by_prediction_.merge(other.by_prediction_);
  if (parts_.class_cells) by_class_.merge(other.by_class_);
  loss_ += other.loss_;
  infinite_losses_ += other.infinite_losses_;
  for (std::size_t k = 0; k < seen_.size(); ++k) seen_[k] |= other.seen_[k];
  widest_ = std::max(widest_, other.widest_);
  confidences_.insert(confidences_.end(), other.confidences_.begin(), other.confidences_.end());
  probabilities_.insert(probabilities_.end(), other.probabilities_.begin(), other.probabilities_.end());
  labels_.insert(labels_.end(), other.labels_.begin(), other.labels_.end());
}

std::size_t peer_state::classes_seen() const noexcept {
  return static_cast<std::size_t>(std::count(seen_.begin(), seen_.end(), 1));
}

std::vector<forecast> peer_state::confidences() const {
  std::vector<kept_confidence> ordered = confidences_;
  std::sort(ordered.begin(), ordered.end(),
            [](const kept_confidence& a, const kept_confidence& b) { return a.place < b.place; });
  std::vector<forecast> result;
  result.reserve(ordered.size());
  for (const kept_confidence& kept : ordered) result.push_back(kept.seen);
  return result;
}

std::vector<forecast> peer_state::class_forecasts(std::size_t k) const {
  std::vector<forecast> result(labels_.size());
  for (std::size_t i = 0; i < labels_.size(); ++i)
    result[i] = {probabilities_[i * classes_ + k], static_cast<std::size_t>(labels_[i]) == k};
  std::sort(result.begin(), result.end(), [](const forecast& a, const forecast& b) {
    return a.value != b.value ? a.value < b.value : a.hit < b.hit;
  });
  return result;
}

}  // namespace calibrant
