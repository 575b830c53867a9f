#include <calibrant/stats/row_store.hpp>

#include <algorithm>
#include <numeric>
#include <type_traits>
#include <utility>

#include <calibrant/core/float16.hpp>
#include <calibrant/core/random.hpp>

namespace calibrant {
namespace {

/// The summaries that states read, in the order in which they are kept.
std::array<double*, 7> numbers_of(const row_summaries& s) noexcept {
  return {s.confidence, s.label_probability, s.sum_squares, s.sum_cubes, s.entropy, s.squared_surprise, s.log_loss};
}

template <class T>
void append(large_vector<T>& to, const large_vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

/// to[i] = from[order[i]], of `width` numbers each.
template <class T>
void permute(large_vector<T>& numbers, std::span<const std::size_t> order, std::size_t width = 1) {
  large_vector<T> moved(numbers.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    std::copy_n(numbers.data() + order[i] * width, width, moved.data() + i * width);
  numbers = std::move(moved);
}

}  // namespace

std::uint64_t row_store::key_of(std::string_view name) noexcept {
  std::uint64_t key = name.size();
  while (!name.empty()) {
    std::uint64_t word = 0;
    const std::string_view bytes = name.substr(0, sizeof word);
    for (const char byte : bytes) word = word << 8 | static_cast<unsigned char>(byte);
    key = counter_random::scramble(key + counter_random::step) ^ word;
    name.remove_prefix(bytes.size());
  }
  return counter_random::scramble(key + counter_random::step);
}

void row_store::give_up(std::string why) {
  const auto forget = [](auto& numbers) { numbers = std::remove_cvref_t<decltype(numbers)>(); };
  forget(keys_);
  forget(labels_);
  forget(predictions_);
  forget(weights_);
  for (large_vector<double>& numbers : numbers_) forget(numbers);
  forget(scores_);
  missing_ = std::move(why);
}

void row_store::require_room() {
  if (keys_.size() * (10 + classes_) > most_numbers)
    give_up("needs the rows themselves, of which there are too many: more than " + std::to_string(most_numbers) +
            " numbers");
}

template <class T>
void row_store::accumulate(const T* const* rows, const row_block& block, std::span<const std::uint64_t> keys) {
  if (!missing_.empty()) return;
  if (block.label_shares != nullptr) {
    give_up("needs one true class per row; the input has soft labels");
    return;
  }
  const std::size_t n = block.rows;
  const row_summaries& s = block.summaries;
  if (block.weights != nullptr || !weights_.empty()) {
    weights_.resize(keys_.size(), 1.0);
    for (std::size_t i = 0; i < n; ++i) weights_.push_back(block.weights == nullptr ? 1.0 : block.weights[i]);
  }
  keys_.insert(keys_.end(), keys.begin(), keys.end());
  labels_.insert(labels_.end(), block.labels, block.labels + n);
  predictions_.insert(predictions_.end(), s.prediction, s.prediction + n);
  const auto numbers = numbers_of(s);
  for (std::size_t f = 0; f < summaries_; ++f) numbers_[f].insert(numbers_[f].end(), numbers[f], numbers[f] + n);
  if (classes_ > 0) {
    const std::size_t first = scores_.size();
    scores_.resize(first + n * classes_);
    for (std::size_t i = 0; i < n; ++i)
      std::transform(rows[i], rows[i] + classes_, scores_.data() + first + i * classes_,
                     [](T p) { return to_double(p); });
  }
  require_room();
}

void row_store::merge(const row_store& other) {
  if (!missing_.empty()) return;
  if (!other.missing_.empty()) {
    give_up(other.missing_);
    return;
  }
  if (!weights_.empty() || !other.weights_.empty()) {
    weights_.insert(weights_.end(), keys_.size() - weights_.size(), 1.0);
    append(weights_, other.weights_);
    weights_.insert(weights_.end(), other.keys_.size() - other.weights_.size(), 1.0);
  }
  append(keys_, other.keys_);
  append(labels_, other.labels_);
  append(predictions_, other.predictions_);
  for (std::size_t f = 0; f < summaries_; ++f) append(numbers_[f], other.numbers_[f]);
  append(scores_, other.scores_);
  require_room();
}

void row_store::sort() {
  if (std::is_sorted(keys_.begin(), keys_.end())) return;
  std::vector<std::size_t> order(keys_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) { return keys_[a] < keys_[b]; });
  permute(keys_, order);
  permute(labels_, order);
  permute(predictions_, order);
  if (!weights_.empty()) permute(weights_, order);
  for (std::size_t f = 0; f < summaries_; ++f) permute(numbers_[f], order);
  if (classes_ > 0) permute(scores_, order, classes_);
}

row_block row_store::block(std::span<const std::uint32_t> drawn, block_memory& memory) const {
  const auto gather = [&](auto& to, const auto& from) {
    to.resize(drawn.size());
    for (std::size_t i = 0; i < drawn.size(); ++i) to[i] = from[drawn[i]];
    return to.data();
  };
  if (classes_ > 0) {
    memory.scores.resize(drawn.size());
    for (std::size_t i = 0; i < drawn.size(); ++i) memory.scores[i] = scores_.data() + drawn[i] * classes_;
  }
  row_block result{.rows = drawn.size()};
  row_summaries& s = result.summaries;
  double** const fields[most_summaries] = {&s.confidence, &s.label_probability, &s.sum_squares, &s.sum_cubes,
                                           &s.entropy,    &s.squared_surprise,  &s.log_loss};
  for (std::size_t f = 0; f < summaries_; ++f) *fields[f] = gather(memory.numbers[f], numbers_[f]);
  s.prediction = gather(memory.predictions, predictions_);
  result.labels = gather(memory.labels, labels_);
  if (!weights_.empty()) result.weights = gather(memory.numbers[most_summaries], weights_);
  return result;
}

template void row_store::accumulate(const float* const*, const row_block&, std::span<const std::uint64_t>);
template void row_store::accumulate(const double* const*, const row_block&, std::span<const std::uint64_t>);
template void row_store::accumulate(const float16* const*, const row_block&, std::span<const std::uint64_t>);

}  // namespace calibrant
