#include "evaluation/detail/row_gatherer.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <optional>
#include <utility>

#include <calibrant/core/error.hpp>
#include <calibrant/core/weights.hpp>

#include "evaluation/detail/score_rows.hpp"
#include "evaluation/detail/soft_labels.hpp"

namespace calibrant::detail {
namespace {

template <class T>
T narrowed(double x) noexcept {
  if constexpr (std::is_same_v<T, float16>)
    return float16{std::bit_cast<std::uint16_t>(static_cast<_Float16>(x))};
  else
    return static_cast<T>(x);
}

bool is_logit_batch(const prediction_batch& batch) {
  if (std::holds_alternative<confidences>(batch.values))
    throw error(error_code::shape_mismatch,
                "scores: got confidences of the predicted class alone, expected the scores of all classes to learn "
                "from");
  return std::holds_alternative<logits>(batch.values);
}

void require_lengths(const prediction_batch& batch, std::size_t K) {
  const std::size_t n = view_of(batch.values).rows();
  if (view_of(batch.values).columns() != K)
    throw error(error_code::shape_mismatch, "score columns: got " + std::to_string(view_of(batch.values).columns()) +
                                                ", expected " + std::to_string(K));
  if (batch.labels.size() != n || (!batch.weights.empty() && batch.weights.size() != n))
    throw error(error_code::shape_mismatch, "labels, weights: got " + std::to_string(batch.labels.size()) + " and " +
                                                std::to_string(batch.weights.size()) + ", expected " +
                                                std::to_string(n));
}

}  // namespace

template <>
std::vector<float>& row_gatherer::rows<float>() noexcept {
  return float32_;
}
template <>
std::vector<double>& row_gatherer::rows<double>() noexcept {
  return float64_;
}
template <>
std::vector<float16>& row_gatherer::rows<float16>() noexcept {
  return float16_;
}

bool row_gatherer::usable_as_it_is(const prediction_batch& batch, thread_pool& pool) const {
  const std::size_t K = classes_.size();
  require_lengths(batch, K);
  const bool logit_rows = is_logit_batch(batch);
  if (options_.renormalize && !logit_rows) return false;
  for (const std::int32_t label : batch.labels)
    if (static_cast<std::uint32_t>(label) >= K) return false;
  for (const double w : batch.weights)
    if (!(is_usable_weight(w) && w > 0)) return false;
  std::atomic<bool> usable = true;
  view_of(batch.values).visit([&]<class T>(const basic_matrix_view<T>& view) {
    constexpr std::size_t share = 256;
    pool.run((view.rows + share - 1) / share, [&](std::size_t part) {
      if (!usable) return;
      const std::size_t last = std::min(view.rows, (part + 1) * share);
      for (std::size_t i = part * share; i < last; ++i) {
        const bool good = logit_rows ? are_usable_logits(view.row(i), K)
                                     : judge<T>(extent_of(view.row(i), K), K, false) == row_verdict::good;
        if (!good) usable = false;
      }
    });
  });
  return usable;
}

template <class T>
void row_gatherer::add_rows(const prediction_batch& batch, const basic_matrix_view<T>& view) {
  const std::size_t K = classes_.size();
  std::vector<T>& to = rows<T>();
  if (!labels_.empty() && to.empty())
    throw error(error_code::shape_mismatch,
                "scores: the shards have different element types, expected one; convert them to the same type");
  const auto refuse = [&](std::size_t i, row_complaint complaint) {
    problems.record(complaint.problem, batch.source, batch.first_row + i, std::move(complaint.got));
    ++counts.skipped[static_cast<std::size_t>(complaint.problem)];
  };
  for (std::size_t i = 0; i < view.rows; ++i) {
    std::int32_t label = batch.labels[i];
    if (label == refused_label) continue;  // recorded by whoever made the batch
    if (label == soft_label && !batch.label_shares.empty()) {
      const double* const shares = batch.label_shares.data() + i * K;
      if (!is_distribution(shares, K)) {
        refuse(i, explain_soft_label(shares, classes_));
        continue;
      }
      label = only_class(shares, K);
      if (label == soft_label)
        throw error(error_code::invalid_labels,
                    "row " + std::to_string(batch.first_row + i) +
                        " has a label that is a distribution over several classes, expected one class to learn from; "
                        "repeat the row for each class with the share as its weight");
    }
    if (static_cast<std::uint32_t>(label) >= K) {
      refuse(i, explain_label(label, K));
      continue;
    }
    const double weight = batch.weights.empty() ? 1.0 : batch.weights[i];
    if (!is_usable_weight(weight)) {
      refuse(i, explain_weight(weight));
      continue;
    }
    if (weight == 0) {
      ++counts.zero_weight;
      continue;
    }
    const T* const row = view.row(i);
    if (are_logits_) {
      if (!are_usable_logits(row, K)) {
        refuse(i, explain_logits(row, classes_));
        continue;
      }
      to.insert(to.end(), row, row + K);
    } else {
      const row_extent extent = extent_of(row, K);
      const row_verdict verdict = judge<T>(extent, K, options_.renormalize);
      if (verdict == row_verdict::refuse) {
        refuse(i, explain_probabilities(row, classes_));
        continue;
      }
      counts.loosely_normalized +=
          verdict != row_verdict::renormalize && std::abs(extent.total - 1) > rounding_tolerance(K);
      counts.clipped += verdict == row_verdict::clip;
      counts.renormalized += verdict == row_verdict::renormalize;
      for (std::size_t k = 0; k < K; ++k) {
        const double p = to_double(row[k]);
        to.push_back(verdict == row_verdict::renormalize ? narrowed<T>(p / extent.total)
                                                         : (p > 1 ? narrowed<T>(1) : row[k]));
      }
    }
    labels_.push_back(label);
    if (!batch.keys.empty()) keys_.push_back(batch.keys[i]);
    if (!batch.weights.empty()) weights_.push_back(weight);
  }
}

void row_gatherer::add(const prediction_batch& batch) {
  require_lengths(batch, classes_.size());
  are_logits_ = is_logit_batch(batch);
  view_of(batch.values).visit([&]<class T>(const basic_matrix_view<T>& view) {
    type_ = std::is_same_v<T, float>    ? score_type::float32
            : std::is_same_v<T, double> ? score_type::float64
                                        : score_type::float16;
    add_rows(batch, view);
  });
}

class_scores row_gatherer::values() const {
  const std::size_t n = labels_.size();
  const std::size_t K = classes_.size();
  matrix_view view;
  switch (type_) {
    case score_type::float32:
      view = basic_matrix_view<float>::contiguous(float32_.data(), n, K);
      break;
    case score_type::float64:
      view = basic_matrix_view<double>::contiguous(float64_.data(), n, K);
      break;
    case score_type::float16:
      view = basic_matrix_view<float16>::contiguous(float16_.data(), n, K);
      break;
  }
  if (are_logits_) return logits(view);
  return probabilities(view);
}

}  // namespace calibrant::detail
