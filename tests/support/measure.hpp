#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <calibrant/core/class_names.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/evaluator.hpp>

#include "support/dataset.hpp"

namespace calibrant::testing {

struct measure_options {
  std::size_t bins = 15;
  weight_kind weights = weight_kind::frequency;
  std::optional<double> log_floor = {};
  std::size_t threads = 1;
  std::size_t batch_rows = 0;  ///< 0: all rows in one batch
  pass_options pass = {};
  panel_parts parts = panel_parts::all();
  std::uint64_t exact_rows = default_exact_rows;
  std::optional<peer_choice> peer = {};
};

/// n x K scores in memory of their own: type T, `gap` elements between rows, last row first if `backwards`.
template <class T>
class stored_scores {
 public:
  stored_scores(const dataset& data, std::size_t gap = 0, bool backwards = false)
      : rows_(data.rows()),
        columns_(data.classes),
        stride_(data.classes + gap),
        backwards_(backwards),
        memory_(data.rows() * stride_) {
    for (std::size_t i = 0; i < rows_; ++i)
      for (std::size_t k = 0; k < columns_; ++k) memory_[place(i) * stride_ + k] = narrow(data.row(i)[k]);
  }

  [[nodiscard]] matrix_view view() const {
    const auto bytes = static_cast<std::ptrdiff_t>(stride_ * sizeof(T));
    return basic_matrix_view<T>{memory_.data() + (rows_ == 0 ? 0 : place(0)) * stride_, rows_, columns_,
                                backwards_ ? -bytes : bytes};
  }

 private:
  [[nodiscard]] std::size_t place(std::size_t i) const { return backwards_ ? rows_ - 1 - i : i; }
  static T narrow(double x) {
    if constexpr (std::is_same_v<T, float16>)
      return float16{std::bit_cast<std::uint16_t>(static_cast<_Float16>(x))};
    else
      return static_cast<T>(x);
  }

  std::size_t rows_;
  std::size_t columns_;
  std::size_t stride_;
  bool backwards_;
  std::vector<T> memory_;
};

[[nodiscard]] inline scores typed_scores(const matrix_view& view, score_kind kind) {
  return kind == score_kind::logits ? scores(logits(view)) : scores(probabilities(view));
}

[[nodiscard]] inline evaluation_config config_of(const dataset& data, const measure_options& options = {}) {
  return {.classes = class_names::indexed(data.classes),
          .kind = data.kind,
          .bins = options.bins,
          .weights = options.weights,
          .log_floor = options.log_floor,
          .parts = options.parts,
          .exact_rows = options.exact_rows,
          .peer = options.peer};
}

/// One pass over the data, whose scores stand at `view`.
[[nodiscard]] inline evaluation_state measure_view(const dataset& data, const matrix_view& view,
                                                   const measure_options& options = {}) {
  thread_pool pool(options.threads);
  evaluator pass(config_of(data, options), options.pass, pool);
  const std::size_t step = options.batch_rows == 0 ? std::max<std::size_t>(data.rows(), 1) : options.batch_rows;
  for (std::size_t first = 0; first < data.rows(); first += step) {
    const std::size_t count = std::min(step, data.rows() - first);
    const auto part = [&](const auto& column) {
      return column.empty() ? std::span<const typename std::remove_cvref_t<decltype(column)>::value_type>()
                            : std::span(column).subspan(first, count);
    };
    pass.accumulate({.values = typed_scores(view.slice(first, count), data.kind),
                     .labels = part(data.labels),
                     .weights = part(data.weights),
                     .groups = part(data.groups),
                     .source = 0,
                     .first_row = first});
  }
  return pass.finish({{.path = "rows", .rows = data.rows(), .sha256 = {}}}, data.group_names, {},
                     !data.weights.empty());
}

/// One pass over the data in float64.
[[nodiscard]] inline evaluation_state measure(const dataset& data, const measure_options& options = {}) {
  return measure_view(data, stored_scores<double>(data).view(), options);
}

/// The only panel of a state without groups.
[[nodiscard]] inline const panel_state& only_panel(const evaluation_state& state) {
  return state.panels.begin()->second;
}

}  // namespace calibrant::testing
