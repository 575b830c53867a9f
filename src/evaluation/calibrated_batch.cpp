#include "evaluation/detail/calibrated_batch.hpp"

#include <algorithm>
#include <numeric>

namespace calibrant::detail {
namespace {

/// The rows that a pass has used, one after the other; rows of probabilities divided by their sum if asked for.
template <class T>
std::vector<double> used_rows(const basic_matrix_view<T>& view, std::span<const row_outcomes::result> results,
                              bool renormalize) {
  std::vector<double> used;
  for (std::size_t i = 0; i < view.rows; ++i) {
    if (results[i] == row_outcomes::result::left_out) continue;
    const std::size_t first = used.size();
    std::transform(view.row(i), view.row(i) + view.columns, std::back_inserter(used), [](T x) { return to_double(x); });
    if (!renormalize) continue;
    const double total = std::accumulate(used.begin() + static_cast<std::ptrdiff_t>(first), used.end(), 0.0);
    for (std::size_t j = first; j < used.size(); ++j) used[j] /= total;
  }
  return used;
}

}  // namespace

prediction_batch calibrated_batch::of(const prediction_batch& batch, std::span<const row_outcomes::result> results) {
  const matrix_view& view = view_of(batch.values);
  const std::size_t K = view.columns();
  const bool are_logits = std::holds_alternative<logits>(batch.values);
  const std::vector<double> used =
      view.visit([&](const auto& typed) { return used_rows(typed, results, renormalize_ && !are_logits); });
  const auto rows = basic_matrix_view<double>::contiguous(used.data(), used.size() / K, K);
  std::vector<double> mapped(used.size());
  apply_model(model_, are_logits ? class_scores(logits(rows)) : class_scores(probabilities(rows)), mapped.data(),
              pool_);

  p_.assign(view.rows() * K, 1 / static_cast<double>(K));
  labels_.assign(batch.labels.begin(), batch.labels.end());
  std::size_t next = 0;
  for (std::size_t i = 0; i < view.rows(); ++i) {
    if (results[i] == row_outcomes::result::left_out) {
      labels_[i] = refused_label;
      continue;
    }
    std::copy_n(mapped.begin() + static_cast<std::ptrdiff_t>(next), K, p_.begin() + static_cast<std::ptrdiff_t>(i * K));
    next += K;
  }
  prediction_batch after = batch;
  after.values = probabilities(basic_matrix_view<double>::contiguous(p_.data(), view.rows(), K));
  after.labels = labels_;
  return after;
}

}  // namespace calibrant::detail
