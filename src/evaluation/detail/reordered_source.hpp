#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <calibrant/evaluation/batch_source.hpp>

namespace calibrant::detail {

/// A source whose classes are told in another order: columns, labels and predictions are moved to where the names are.
/// `classes` holds every name of the source, and for scores of all classes no other.
class reordered_source final : public batch_source {
 public:
  reordered_source(batch_source& source, class_names classes) : source_(source), classes_(std::move(classes)) {
    for (const std::string& name : source.classes().names()) place_.push_back(classes_.find(name).value());
  }

  [[nodiscard]] const class_names& classes() const override { return classes_; }
  [[nodiscard]] score_kind kind() const override { return source_.kind(); }
  [[nodiscard]] bool weighted() const override { return source_.weighted(); }
  [[nodiscard]] bool grouped() const override { return source_.grouped(); }
  [[nodiscard]] const std::vector<source_info>& sources() const override { return source_.sources(); }
  [[nodiscard]] const std::vector<std::string>& group_names() const override { return source_.group_names(); }
  [[nodiscard]] const row_problems& problems() const override { return source_.problems(); }
  [[nodiscard]] std::uint64_t bytes_read() const override { return source_.bytes_read(); }
  [[nodiscard]] std::uint64_t bytes_total() const override { return source_.bytes_total(); }

  bool next(batch_buffers& into) override {
    if (!source_.next(into)) return false;
    move_names(into.labels);
    move_names(into.predictions);
    move_columns(into.label_shares, into.label_shares.empty() ? 0 : into.rows);
    if (kind() == score_kind::top_label) return true;
    switch (into.type) {
      case score_type::float32:
        move_columns(into.float32, into.rows);
        break;
      case score_type::float64:
        move_columns(into.float64, into.rows);
        break;
      case score_type::float16:
        move_columns(into.float16_, into.rows);
        break;
    }
    return true;
  }

 private:
  void move_names(std::vector<std::int32_t>& names) const {
    for (std::int32_t& k : names)
      if (k >= 0) k = place_[static_cast<std::size_t>(k)];
  }
  template <class T>
  void move_columns(std::vector<T>& scores, std::size_t rows) const {
    const std::size_t K = place_.size();
    std::vector<T> row(K);
    for (std::size_t i = 0; i < rows; ++i) {
      T* const at = scores.data() + i * K;
      for (std::size_t k = 0; k < K; ++k) row[static_cast<std::size_t>(place_[k])] = at[k];
      std::copy(row.begin(), row.end(), at);
    }
  }

  batch_source& source_;
  class_names classes_;
  std::vector<std::int32_t> place_;  ///< of each class of the source
};

}  // namespace calibrant::detail
