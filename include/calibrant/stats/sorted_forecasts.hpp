#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <calibrant/core/large_vector.hpp>
#include <calibrant/core/weights.hpp>
#include <calibrant/stats/cell_moments.hpp>

namespace calibrant {

/// Forecasts of an event in increasing order, with how often it came true: what every metric over sorted confidences
/// reads. Top label: the forecast is the confidence c, the event is "the prediction is right". Class k: p_k and
/// "the label is k".
///
/// Rows of equal forecast are one group, since no metric here may depend on the order of ties. In the bounded form a
/// group is a micro-bin (stats/micro_bins.hpp) and its value the mean forecast in it. Arrays of one length, the number
/// of groups; memory 24 bytes a group (40 with importance weights).
class sorted_forecasts {
 public:
  /// What one group adds: value in [0, 1] above that of the group before, weight > 0, 0 <= hits <= weight. For
  /// importance weights also the sums of w^2 and w^2 a.
  struct group {
    double value;
    double weight;
    double hits;
    double variance_weight;
    double variance_hits;

    /// One row of weight w, a hit to the share a.
    void add(double w, double a) noexcept {
      weight += w;
      hits += w * a;
      variance_weight += w * w;
      variance_hits += w * w * a;
    }
  };

  sorted_forecasts() = default;
  /// `exact`: every group is one value. `counts`: every weight is an integer and stands for that many rows.
  sorted_forecasts(weight_kind kind, bool exact, bool counts) : kind_(kind), exact_(exact), counts_(counts) {}
  /// One row each, in any order; for tests and small data. Empty weights: all 1. O(n log n).
  [[nodiscard]] static sorted_forecasts of(std::span<const double> values, std::span<const double> hits,
                                           std::span<const double> weights = {},
                                           weight_kind kind = weight_kind::frequency);

  /// n rows of weight 1 whose forecasts value(i) do not decrease, hits where hit(i) is true; exact, with frequency
  /// weights. O(n).
  template <class Value, class Hit>
  [[nodiscard]] static sorted_forecasts of_rows_in_order(std::size_t n, Value&& value, Hit&& hit);

  void reserve(std::size_t groups);
  /// In increasing order of value.
  void push(const group& next);

  [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
  [[nodiscard]] bool empty() const noexcept { return values_.empty(); }
  [[nodiscard]] std::span<const double> values() const noexcept { return values_; }    ///< c_g, increasing
  [[nodiscard]] std::span<const double> weights() const noexcept { return weights_; }  ///< W_g = sum w
  [[nodiscard]] std::span<const double> hits() const noexcept { return hits_; }        ///< A_g = sum w a
  /// sum w^2 for importance weights, W_g for frequency weights: what variances need.
  [[nodiscard]] std::span<const double> variance_weights() const noexcept {
    return squared() ? variance_weights_ : weights_;
  }
  /// sum w^2 a for importance weights, A_g for frequency weights.
  [[nodiscard]] std::span<const double> variance_hits() const noexcept { return squared() ? variance_hits_ : hits_; }

  [[nodiscard]] double total_weight() const noexcept { return total_weight_; }  ///< W
  [[nodiscard]] double total_hits() const noexcept { return total_hits_; }      ///< A
  /// W for frequency weights, W^2 / sum w^2 for importance weights.
  [[nodiscard]] double effective_rows() const noexcept {
    return total_weight_ * (total_weight_ / total_variance_weight_);
  }
  [[nodiscard]] weight_kind kind() const noexcept { return kind_; }
  /// Whether every group is one value; otherwise groups are micro-bins, and `largest_share` bounds the error.
  [[nodiscard]] bool exact() const noexcept { return exact_; }
  /// Whether W is a number of rows: every weight is an integer.
  [[nodiscard]] bool counts() const noexcept { return counts_; }
  /// The largest W_g / W.
  [[nodiscard]] double largest_share() const noexcept {
    return total_weight_ > 0 ? largest_weight_ / total_weight_ : 0;
  }

  /// The groups [first, last) as one cell; its weight is a share of `total`. The range must not be empty. Rows and
  /// integer frequency weights by the exact sums of cells, so that a weight of 2 is two rows to the last bit. O(last -
  /// first).
  [[nodiscard]] cell_moments moments(std::size_t first, std::size_t last, double total) const;

 private:
  [[nodiscard]] bool squared() const noexcept { return kind_ == weight_kind::importance; }
  [[nodiscard]] cell_moments moments_of_rows(std::size_t first, std::size_t last, double total) const;
  [[nodiscard]] cell_moments moments_of_weights(std::size_t first, std::size_t last, double total) const;

  weight_kind kind_ = weight_kind::frequency;
  bool exact_ = true;
  bool counts_ = true;
  large_vector<double> values_;
  large_vector<double> weights_;
  large_vector<double> hits_;
  large_vector<double> variance_weights_;  ///< empty for frequency weights
  large_vector<double> variance_hits_;     ///< likewise
  double total_weight_ = 0;
  double total_hits_ = 0;
  double total_variance_weight_ = 0;
  double largest_weight_ = 0;
};

template <class Value, class Hit>
sorted_forecasts sorted_forecasts::of_rows_in_order(std::size_t n, Value&& value, Hit&& hit) {
  sorted_forecasts sorted;
  if (n == 0) return sorted;
  for (large_vector<double>* array : {&sorted.values_, &sorted.weights_, &sorted.hits_}) array->resize(n);
  double* const values = sorted.values_.data();
  double* const weights = sorted.weights_.data();
  double* const hits = sorted.hits_.data();
  // Which rows begin a group is hard to predict, so there are no branches: every row writes its group anew.
  std::size_t group = 0;
  double current = value(0);
  double rows = 0;
  double right = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double next = value(i);
    const bool begins = next != current;
    const double kept = begins ? 0 : 1;
    current = next;
    group += static_cast<std::size_t>(begins);
    rows = rows * kept + 1;
    right = right * kept + (hit(i) ? 1 : 0);
    values[group] = next;
    weights[group] = rows;
    hits[group] = right;
    sorted.largest_weight_ = std::max(sorted.largest_weight_, rows);
    sorted.total_hits_ += hit(i) ? 1 : 0;
  }
  for (large_vector<double>* array : {&sorted.values_, &sorted.weights_, &sorted.hits_}) array->resize(group + 1);
  sorted.total_weight_ = static_cast<double>(n);
  sorted.total_variance_weight_ = sorted.total_weight_;
  return sorted;
}

}  // namespace calibrant
