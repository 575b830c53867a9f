#include <calibrant/stats/forecast_column.hpp>

#include <algorithm>
#include <span>
#include <type_traits>
#include <utility>

#include <calibrant/core/error.hpp>
#include <calibrant/math/sorting.hpp>

namespace calibrant {
namespace {

/// How many rows an entry stands for.
std::int64_t rows_of(double weight, weight_kind kind) noexcept {
  return kind == weight_kind::frequency && is_exact_weight(weight) ? static_cast<std::int64_t>(weight) : 1;
}

template <class Keys>
Keys merged(std::span<const typename Keys::value_type> a, std::span<const typename Keys::value_type> b) {
  Keys both(a.size() + b.size());
  merge_ascending(a, b, std::span(both));
  return both;
}

/// Sorts what follows the first `in_order` keys and merges both.
template <class Keys>
void sort_tail(Keys& keys, std::size_t in_order) {
  sort_ascending(std::span(keys).subspan(in_order));
  if (in_order > 0) keys = merged<Keys>(std::span(keys).first(in_order), std::span(keys).subspan(in_order));
}

struct weighted_key {
  std::int64_t key;
  double weight;
  friend bool operator<(const weighted_key& a, const weighted_key& b) noexcept {
    return a.key != b.key ? a.key < b.key : a.weight < b.weight;
  }
};

/// One row per key, in order.
template <class Keys, class Forecast>
sorted_forecasts rows_in_order(const Keys& keys, const Forecast& forecast) {
  return sorted_forecasts::of_rows_in_order(
      keys.size(), [&](std::size_t i) { return forecast(keys[i]); }, [&](std::size_t i) { return (keys[i] & 1) != 0; });
}

}  // namespace

std::vector<std::int64_t> forecast_column::widened() const {
  std::vector<std::int64_t> wide;
  wide.reserve(narrow_keys_.size());
  for (const std::int32_t key : narrow_keys_) wide.push_back(wide_key(narrow_forecast(key), (key & 1) != 0));
  return wide;
}

void forecast_column::widen() {
  if (narrow_keys_.empty()) return;
  wide_keys_ = widened();
  narrow_keys_ = {};
}

void forecast_column::add_row(double p, bool hit, double weight) {
  sizes_[0] += rows_of(weight, kind_);
  if (!exact()) {
    if (entries() > 0) move_into_bounded();
    make_bounded();
    add_bounded(p, hit, weight);
    return;
  }
  widen();
  if (weight != 1 && weights_.empty()) weights_.assign(wide_keys_.size(), 1.0);
  wide_keys_.push_back(wide_key(p, hit));
  if (weight != 1 || !weights_.empty()) weights_.push_back(weight);
  ++sizes_[1];
}

void forecast_column::add_soft_row(double p, double share, double weight) {
  for (const bool hit : {true, false})
    if (const double part = weight * (hit ? share : 1 - share); part > 0 && is_usable_weight(part))
      add_row(p, hit, part);
}

void forecast_column::make_bounded() {
  if (!micro_.empty()) return;
  micro_ = cell_table(1, micro_bins_);
  if (squared()) micro_squared_ = cell_table(1, micro_bins_);
}

void forecast_column::add_bounded(double p, bool hit, double weight) {
  const std::size_t b = micro_bin_of(p) / (micro_bin_count / micro_bins_);
  micro_.add(0, b, p, hit, weight);
  if (squared()) micro_squared_.add(0, b, p, hit, weight * weight);
}

void forecast_column::move_into_bounded() {
  make_bounded();
  for (std::size_t i = 0; i < entries(); ++i) add_bounded(forecast(i), hit(i), weight(i));
  narrow_keys_ = {};
  wide_keys_ = {};
  weights_ = {};
  in_order_ = 0;
  sizes_[1] = 0;
}

void forecast_column::flush() {
  if (in_order_ == entries()) return;
  if (!weights_.empty()) {
    std::vector<weighted_key> rows(wide_keys_.size());
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = {wide_keys_[i], weights_[i]};
    std::sort(rows.begin(), rows.end());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      wide_keys_[i] = rows[i].key;
      weights_[i] = rows[i].weight;
    }
  } else if (narrow()) {
    sort_tail(narrow_keys_, in_order_);
  } else {
    sort_tail(wide_keys_, in_order_);
  }
  in_order_ = entries();
}

bool forecast_column::restore() {
  if (sizes_[0] < 0 || sizes_[1] < 0 || entries() != wide_keys_.size()) return false;
  if (!exact()) {
    std::int64_t rows = 0;
    for (std::size_t b = 0; b < micro_bins_; ++b) rows += micro_.exact(0, b).weight;
    // Rows of other weights are not counted apart.
    return wide_keys_.empty() && weights_.empty() && (rows <= sizes_[0] || squared());
  }
  in_order_ = entries();
  constexpr std::int64_t largest_key = (std::bit_cast<std::int64_t>(1.0) << 1) | 1;
  std::int64_t rows = 0;
  for (std::size_t i = 0; i < wide_keys_.size(); ++i) {
    const std::int64_t key = wide_keys_[i];
    const bool follows = i == 0 || wide_keys_[i - 1] < key || (wide_keys_[i - 1] == key && weight(i - 1) <= weight(i));
    if (key < 0 || key > largest_key || !follows || weight(i) == 0 || !is_usable_weight(weight(i))) return false;
    rows += rows_of(weight(i), kind_);
  }
  return rows == sizes_[0];
}

void forecast_column::require_mergeable(const forecast_column& other) const {
  if (kind_ != other.kind_)
    throw error(error_code::state_mismatch, "merge: the states have " + std::string(name_of(kind_)) + " and " +
                                                std::string(name_of(other.kind_)) +
                                                " weights, expected the same; evaluate both with the same options");
  if (exact_rows_ != other.exact_rows_)
    throw error(error_code::state_mismatch, "merge: the states keep " + std::to_string(exact_rows_) + " and " +
                                                std::to_string(other.exact_rows_) +
                                                " exact rows, expected the same; evaluate both with the same options");
}

void forecast_column::merge(const forecast_column& other) {
  require_mergeable(other);
  if (other.empty()) return;
  if (&other == this) {
    merge(forecast_column(other));
    return;
  }
  sizes_[0] += other.sizes_[0];
  if (!exact()) {
    move_into_bounded();
    if (!other.micro_.empty()) {
      micro_.merge(other.micro_);
      if (squared()) micro_squared_.merge(other.micro_squared_);
    }
    for (std::size_t i = 0; i < other.entries(); ++i) add_bounded(other.forecast(i), other.hit(i), other.weight(i));
    return;
  }
  const bool weighted = !weights_.empty() || !other.weights_.empty();
  const bool in_order = in_order_ == entries() && other.in_order_ == other.entries();
  if (weighted) {
    weights_.resize(entries(), 1.0);
    for (std::size_t i = 0; i < other.entries(); ++i) weights_.push_back(other.weight(i));
  }
  const auto add = [&](auto& keys, const auto& others) {
    using all_keys = std::remove_cvref_t<decltype(keys)>;
    if (in_order && !weighted)
      keys = merged<all_keys>(keys, others);
    else
      keys.insert(keys.end(), others.begin(), others.end());
  };
  if (narrow() && other.narrow()) {
    add(narrow_keys_, other.narrow_keys_);
  } else {
    widen();
    add(wide_keys_, other.narrow() ? other.widened() : other.wide_keys_);
  }
  sizes_[1] += other.sizes_[1];
  in_order_ = in_order && !weighted ? entries() : 0;
  if (in_order) flush();
}

sorted_forecasts forecast_column::sorted() const {
  if (!exact()) {
    sorted_forecasts sorted(kind_, false, micro_.all_exact());
    for (std::size_t b = 0; b < micro_bins_; ++b) {
      const cell sums = read_cell(micro_.exact(0, b), micro_.fractional_or_zero(0, b));
      if (!(sums.weight > 0)) continue;
      const cell squares =
          squared() ? read_cell(micro_squared_.exact(0, b), micro_squared_.fractional_or_zero(0, b)) : sums;
      sorted.push({sums.confidence / sums.weight, sums.weight, sums.hits, squares.weight, squares.hits});
    }
    return sorted;
  }
  if (plain() && !squared())
    return narrow() ? rows_in_order(narrow_keys_, narrow_forecast) : rows_in_order(wide_keys_, wide_forecast);
  const bool counts = std::all_of(weights_.begin(), weights_.end(), is_exact_weight);
  sorted_forecasts sorted(kind_, true, counts);
  sorted.reserve(entries());
  for (std::size_t i = 0; i < entries();) {
    sorted_forecasts::group next{forecast(i), 0, 0, 0, 0};
    for (; i < entries() && forecast(i) == next.value; ++i) next.add(weight(i), hit(i) ? 1.0 : 0.0);
    sorted.push(next);
  }
  return sorted;
}

bool operator==(const forecast_column& a, const forecast_column& b) {
  if (a.kind_ != b.kind_ || a.exact_rows_ != b.exact_rows_ || a.sizes_ != b.sizes_ || a.weights_ != b.weights_ ||
      a.micro_ != b.micro_ || a.micro_squared_ != b.micro_squared_)
    return false;
  for (std::size_t i = 0; i < a.entries(); ++i)
    if (a.forecast(i) != b.forecast(i) || a.hit(i) != b.hit(i)) return false;
  return true;
}

}  // namespace calibrant
