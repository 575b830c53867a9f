#include <calibrant/stats/confidence_store.hpp>

#include <algorithm>
#include <bit>
#include <utility>

#include <calibrant/core/error.hpp>
#include <calibrant/math/sorting.hpp>

namespace calibrant {
namespace {

std::int64_t key_of(double confidence, bool hit) noexcept {
  return (std::bit_cast<std::int64_t>(confidence) << 1) | static_cast<std::int64_t>(hit);
}
double confidence_of(std::int64_t key) noexcept { return std::bit_cast<double>(key >> 1); }
bool is_hit(std::int64_t key) noexcept { return (key & 1) != 0; }

/// How many rows an entry stands for.
std::int64_t rows_of(double weight, weight_kind kind) noexcept {
  return kind == weight_kind::frequency && is_exact_weight(weight) ? static_cast<std::int64_t>(weight) : 1;
}

struct weighted_key {
  std::int64_t key;
  double weight;
  friend bool operator<(const weighted_key& a, const weighted_key& b) noexcept {
    return a.key != b.key ? a.key < b.key : a.weight < b.weight;
  }
};

}  // namespace

void confidence_store::accumulate(const row_block& block) {
  sorted_.reset();
  const row_summaries& s = block.summaries;
  if (block.weights == nullptr && exact() && weights_.empty()) {
    const std::size_t first = keys_.size();
    keys_.resize(first + block.rows);
    for (std::size_t i = 0; i < block.rows; ++i)
      keys_[first + i] = key_of(s.confidence[i], s.prediction[i] == block.labels[i]);
    sizes_[0] += static_cast<std::int64_t>(block.rows);
    sizes_[1] += static_cast<std::int64_t>(block.rows);
  } else {
    for (std::size_t i = 0; i < block.rows; ++i)
      add(s.confidence[i], s.prediction[i] == block.labels[i], block.weights == nullptr ? 1.0 : block.weights[i]);
  }
  if (!exact()) move_into_bounded();
}

void confidence_store::add(double confidence, bool hit, double weight) {
  if (!exact()) move_into_bounded();
  const bool fits = exact();
  sizes_[0] += rows_of(weight, kind_);
  if (!fits) {
    add_bounded(confidence, hit, weight);
    return;
  }
  if (weight != 1) fill_weights();
  keys_.push_back(key_of(confidence, hit));
  if (!weights_.empty() || weight != 1) weights_.push_back(weight);
  ++sizes_[1];
}

void confidence_store::fill_weights() {
  if (weights_.empty()) weights_.assign(keys_.size(), 1.0);
}

void confidence_store::make_bounded() {
  if (!micro_.empty()) return;
  micro_ = cell_table(1, micro_bin_count);
  if (squared()) micro_squared_ = cell_table(1, micro_bin_count);
}

void confidence_store::add_bounded(double confidence, bool hit, double weight) {
  const std::size_t b = micro_bin_of(confidence);
  micro_.add(0, b, confidence, hit, weight);
  if (squared()) micro_squared_.add(0, b, confidence, hit, weight * weight);
}

void confidence_store::move_into_bounded() {
  make_bounded();
  for (std::size_t i = 0; i < keys_.size(); ++i)
    add_bounded(confidence_of(keys_[i]), is_hit(keys_[i]), weights_.empty() ? 1.0 : weights_[i]);
  keys_ = {};
  weights_ = {};
  in_order_ = 0;
  sizes_[1] = 0;
}

void confidence_store::flush() {
  if (in_order_ == keys_.size()) return;
  sorted_.reset();
  if (weights_.empty()) {
    const auto middle = keys_.begin() + static_cast<std::ptrdiff_t>(in_order_);
    sort_ascending({middle, keys_.end()});
    std::inplace_merge(keys_.begin(), middle, keys_.end());
  } else {
    std::vector<weighted_key> entries(keys_.size());
    for (std::size_t i = 0; i < keys_.size(); ++i) entries[i] = {keys_[i], weights_[i]};
    std::sort(entries.begin(), entries.end());
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      keys_[i] = entries[i].key;
      weights_[i] = entries[i].weight;
    }
  }
  in_order_ = keys_.size();
}

bool confidence_store::restore() {
  sorted_.reset();
  if (sizes_[0] < 0 || sizes_[1] < 0 || static_cast<std::size_t>(sizes_[1]) != keys_.size()) return false;
  if (!exact()) {
    std::int64_t rows = 0;
    for (std::size_t b = 0; b < micro_bin_count; ++b) rows += micro_.exact(0, b).weight;
    // Rows of other weights are not counted apart.
    return keys_.empty() && weights_.empty() && (rows <= sizes_[0] || squared());
  }
  in_order_ = keys_.size();
  constexpr std::int64_t largest_key = (std::bit_cast<std::int64_t>(1.0) << 1) | 1;
  std::int64_t rows = 0;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    const double w = weights_.empty() ? 1.0 : weights_[i];
    const bool follows = i == 0 || keys_[i - 1] < keys_[i] ||
                         (keys_[i - 1] == keys_[i] && (weights_.empty() || weights_[i - 1] <= w));
    if (keys_[i] < 0 || keys_[i] > largest_key || !follows || w == 0 || !is_usable_weight(w)) return false;
    rows += rows_of(w, kind_);
  }
  return rows == sizes_[0];
}

void confidence_store::require_mergeable(const confidence_store& other) const {
  if (kind_ != other.kind_)
    throw error(error_code::state_mismatch, "merge: the states have " + std::string(name_of(kind_)) + " and " +
                                                std::string(name_of(other.kind_)) +
                                                " weights, expected the same; evaluate both with the same options");
  if (exact_rows_ != other.exact_rows_)
    throw error(error_code::state_mismatch, "merge: the states keep " + std::to_string(exact_rows_) + " and " +
                                                std::to_string(other.exact_rows_) +
                                                " exact rows, expected the same; evaluate both with the same options");
}

void confidence_store::merge(const confidence_store& other) {
  require_mergeable(other);
  if (other.empty()) return;
  sorted_.reset();
  sizes_[0] += other.sizes_[0];
  if (!exact()) {
    move_into_bounded();
    if (!other.micro_.empty()) {
      micro_.merge(other.micro_);
      if (squared()) micro_squared_.merge(other.micro_squared_);
    }
    for (std::size_t i = 0; i < other.keys_.size(); ++i)
      add_bounded(confidence_of(other.keys_[i]), is_hit(other.keys_[i]), other.weights_.empty() ? 1.0 : other.weights_[i]);
    return;
  }
  if (!weights_.empty() || !other.weights_.empty()) {
    fill_weights();
    if (other.weights_.empty())
      weights_.resize(weights_.size() + other.keys_.size(), 1.0);
    else
      weights_.insert(weights_.end(), other.weights_.begin(), other.weights_.end());
  }
  const std::size_t middle = keys_.size();
  keys_.insert(keys_.end(), other.keys_.begin(), other.keys_.end());
  sizes_[1] += other.sizes_[1];
  if (weights_.empty() && in_order_ == middle && other.in_order_ == other.keys_.size()) {
    std::inplace_merge(keys_.begin(), keys_.begin() + static_cast<std::ptrdiff_t>(middle), keys_.end());
    in_order_ = keys_.size();
  } else {
    in_order_ = 0;
    flush();
  }
}

const sorted_forecasts& confidence_store::sorted() const {
  return sorted_.get([this] { return sort(); });
}

sorted_forecasts confidence_store::sort() const {
  if (!exact()) {
    sorted_forecasts sorted(kind_, false, micro_.all_exact());
    for (std::size_t b = 0; b < micro_bin_count; ++b) {
      const cell sums = read_cell(micro_.exact(0, b), micro_.fractional_or_zero(0, b));
      if (!(sums.weight > 0)) continue;
      const cell squares =
          squared() ? read_cell(micro_squared_.exact(0, b), micro_squared_.fractional_or_zero(0, b)) : sums;
      sorted.push({sums.confidence / sums.weight, sums.weight, sums.hits, squares.weight, squares.hits});
    }
    return sorted;
  }
  const bool counts = std::all_of(weights_.begin(), weights_.end(), is_exact_weight);
  sorted_forecasts sorted(kind_, true, counts);
  sorted.reserve(keys_.size());
  for (std::size_t i = 0; i < keys_.size();) {
    const std::int64_t bits = keys_[i] >> 1;
    sorted_forecasts::group next{confidence_of(keys_[i]), 0, 0, 0, 0};
    for (; i < keys_.size() && keys_[i] >> 1 == bits; ++i) {
      const double w = weights_.empty() ? 1.0 : weights_[i];
      const double a = is_hit(keys_[i]) ? 1.0 : 0.0;
      next.weight += w;
      next.hits += w * a;
      next.variance_weight += w * w;
      next.variance_hits += w * w * a;
    }
    sorted.push(next);
  }
  return sorted;
}

}  // namespace calibrant
