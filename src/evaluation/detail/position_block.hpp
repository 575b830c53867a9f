#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <calibrant/core/error.hpp>
#include <calibrant/core/row_summaries.hpp>
#include <calibrant/evaluation/confidence_bins.hpp>

#include "evaluation/detail/aligned_doubles.hpp"
#include "evaluation/detail/row_check.hpp"
#include "simd/kernels.hpp"

namespace calibrant::detail {

/// The positions of one block that count: their scores as rows of contiguous classes, where they lie if they are such
/// rows already, and their labels.
template <class T>
class position_block {
 public:
  position_block(const strided_scores<T>& scores, const labelled_positions& all)
      : scores_(scores),
        all_(all),
        capacity_(std::clamp<std::size_t>(32768 / std::max<std::size_t>(scores.classes, 1), 16, 1024)),
        rows_(capacity_),
        places_(capacity_),
        labels_(capacity_),
        prediction_(capacity_),
        doubles_(5 * capacity_) {}

  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::int32_t label(std::size_t i) const noexcept { return labels_[i]; }

  /// Takes positions [first, last), at most `capacity`. Throws error (invalid_labels).
  void load(std::size_t first, std::size_t last) {
    size_ = 0;
    const auto classes = static_cast<std::int64_t>(binary() ? 2 : scores_.classes);
    for (std::size_t i = first; i < last; ++i) {
      const std::int64_t label = all_.labels[i];
      if (all_.ignored && label == *all_.ignored) continue;
      if (label < 0 || label >= classes)
        throw error(error_code::invalid_labels, "references: position " + std::to_string(i) + " is " +
                                                    std::to_string(label) + ", expected a class index from 0 to " +
                                                    std::to_string(classes - 1) +
                                                    "; give the label of positions that do not count as ignore_index");
      labels_[size_] = static_cast<std::int32_t>(label);
      places_[size_] = i;
      rows_[size_] = scores_.data + static_cast<std::ptrdiff_t>(i / scores_.places) * scores_.sample_stride +
                     static_cast<std::ptrdiff_t>(i % scores_.places) * scores_.place_stride;
      ++size_;
    }
    if (scores_.classes > 1 && scores_.class_stride != 1) gather();
  }

  /// Confidence and prediction of every row. Two classes by one number: the number, and class 1. Throws error
  /// (invalid_scores) on what is no probability, or no logit.
  [[nodiscard]] row_summaries summarize() {
    double* const d = doubles_.data();
    const row_summaries s{.confidence = d,
                          .prediction = prediction_.data(),
                          .label_probability = d + capacity_,
                          .total = d + 2 * capacity_,
                          .smallest = d + 3 * capacity_,
                          .sum_squares = nullptr,
                          .sum_cubes = nullptr,
                          .entropy = nullptr,
                          .squared_surprise = nullptr,
                          .log_loss = nullptr};
    const auto& kernels = simd::active_target().rows<T>();
    switch (all_.kind) {
      case position_kind::probabilities:
        kernels.summarize_top_label(rows_.data(), size_, scores_.classes, labels_.data(), s);
        for (std::size_t i = 0; i < size_; ++i)
          if (!(s.smallest[i] >= 0 && s.confidence[i] <= 1 && std::isfinite(s.total[i]))) refuse_probability(i);
        break;
      case position_kind::logits:
        softmax(s);
        break;
      case position_kind::positive_probability:
        for (std::size_t i = 0; i < size_; ++i) {
          s.confidence[i] = to_double(*rows_[i]);
          s.prediction[i] = 1;
          if (!(s.confidence[i] >= 0 && s.confidence[i] <= 1)) refuse_probability(i);
        }
        break;
      case position_kind::positive_logit:
        for (std::size_t i = 0; i < size_; ++i) {
          const double z = to_double(*rows_[i]);
          if (std::isnan(z)) refuse_logit(i);
          s.confidence[i] = z >= 0 ? 1 / (1 + std::exp(-z)) : std::exp(z) / (1 + std::exp(z));
          s.prediction[i] = 1;
        }
        break;
    }
    return s;
  }

 private:
  [[nodiscard]] bool binary() const noexcept {
    return all_.kind == position_kind::positive_probability || all_.kind == position_kind::positive_logit;
  }

  /// Class by class, so that neighbouring places are read together.
  void gather() {
    const std::size_t C = scores_.classes;
    copies_.resize(capacity_ * C);
    for (std::size_t k = 0; k < C; ++k)
      for (std::size_t i = 0; i < size_; ++i)
        copies_[i * C + k] = rows_[i][static_cast<std::ptrdiff_t>(k) * scores_.class_stride];
    for (std::size_t i = 0; i < size_; ++i) rows_[i] = copies_.data() + i * C;
  }

  void softmax(row_summaries s) {
    // The kernel for logits fills every field; what is not asked for goes where nobody looks.
    unread_.resize(5 * capacity_);
    double* const d = unread_.data();
    s.sum_squares = d;
    s.sum_cubes = d + capacity_;
    s.entropy = d + 2 * capacity_;
    s.squared_surprise = d + 3 * capacity_;
    s.log_loss = d + 4 * capacity_;
    double* const p = softmax_.resize(capacity_ * scores_.classes);
    simd::active_target().rows<T>().softmax(rows_.data(), size_, scores_.classes, labels_.data(), p, s);
    for (std::size_t i = 0; i < size_; ++i)
      if (!std::isfinite(s.total[i])) refuse_logit(i);
  }

  [[nodiscard]] std::string at(std::size_t i) const {
    return "predictions: position " + std::to_string(places_[i]) + " holds ";
  }
  [[noreturn]] void refuse_probability(std::size_t i) const {
    const T* const row = rows_[i];
    const T* const offender =
        std::find_if(row, row + scores_.classes, [](T p) { return !(to_double(p) >= 0 && to_double(p) <= 1); });
    throw error(error_code::invalid_scores,
                at(i) + short_number(to_double(*offender)) +
                    ", expected probabilities from 0 to 1; declare logits=True if they are logits");
  }
  [[noreturn]] void refuse_logit(std::size_t i) const {
    throw error(error_code::invalid_scores,
                at(i) +
                    "logits of which no softmax can be taken (NaN, +infinity, or all -infinity), expected finite "
                    "numbers or -infinity; repair the model's output or ignore the position");
  }

  const strided_scores<T>& scores_;
  const labelled_positions& all_;
  std::size_t capacity_;
  std::size_t size_ = 0;
  std::vector<const T*> rows_;
  std::vector<std::size_t> places_;
  std::vector<std::int32_t> labels_;
  std::vector<std::int32_t> prediction_;
  std::vector<double> doubles_;
  std::vector<double> unread_;
  std::vector<T> copies_;
  aligned_doubles softmax_;
};

}  // namespace calibrant::detail
