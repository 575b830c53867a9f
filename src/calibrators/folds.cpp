#include <calibrant/calibrators/folds.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>
#include <utility>

#include <calibrant/core/random.hpp>
#include <calibrant/stats/row_content.hpp>

namespace calibrant {
namespace {

// Equal rows stay together up to this share of their class, or this weight. A model that is saturated gives thousands
// of rows the same scores; all in one fold, the others would learn from another kind of rows than they are judged by.
constexpr double most_together = 0.01;
constexpr double few_together = 4;

/// Gives all rows of a key the same draw and the label of one of them, the one that its content draws first.
void keep_keys_together(const training_set& rows, std::uint64_t seed, std::vector<std::int32_t>& stratum,
                        std::vector<std::uint64_t>& draws) {
  std::unordered_map<std::uint64_t, std::pair<std::uint64_t, std::int32_t>> first;
  for (std::size_t i = 0; i < draws.size(); ++i) {
    const std::pair own(draws[i], stratum[i]);
    const auto [at, added] = first.try_emplace(rows.keys()[i], own);
    if (!added) at->second = std::min(at->second, own);
  }
  for (std::size_t i = 0; i < draws.size(); ++i) {
    stratum[i] = first.at(rows.keys()[i]).second;
    draws[i] = counter_random(seed, 1).bits(rows.keys()[i]);
  }
}

}  // namespace

std::vector<std::uint8_t> stratified_folds(const training_set& rows, std::size_t count, std::uint64_t seed) {
  const std::size_t n = rows.rows();
  const std::size_t K = rows.classes();
  std::vector<std::uint64_t> draws(n);
  view_of(rows.values()).visit([&](const auto& view) {
    rows.for_each_part(rows.parts(), [&](std::size_t, std::size_t first, std::size_t last) {
      std::vector<double> row(K);
      for (std::size_t i = first; i < last; ++i) {
        for (std::size_t k = 0; k < K; ++k) row[k] = std::clamp(to_double(view.row(i)[k]), -1e9, 1e9);
        draws[i] = draw_by_content(seed, row);
      }
    });
  });
  std::vector<std::int32_t> stratum(rows.labels().begin(), rows.labels().end());
  if (!rows.keys().empty()) keep_keys_together(rows, seed, stratum, draws);
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (stratum[a] != stratum[b]) return stratum[a] < stratum[b];
    return draws[a] != draws[b] ? draws[a] < draws[b] : rows.weight(a) < rows.weight(b);
  });
  // Rows are dealt like cards. Each class begins at a fold that its rows decide, so that small classes do not all begin
  // at the same one, and the names and the order of the classes do not matter.
  std::vector<std::uint8_t> fold(n);
  std::uint64_t dealt = 0;
  double together = 0;  // weight of the equal rows that have been dealt to one fold in a row
  for (std::size_t j = 0; j < n; ++j) {
    const std::uint64_t draw = draws[order[j]];
    const bool same_class = j > 0 && stratum[order[j]] == stratum[order[j - 1]];
    const bool equal = same_class && draw == draws[order[j - 1]];
    const double most = rows.class_weights()[static_cast<std::size_t>(stratum[order[j]])] * most_together;
    const bool full = rows.keys().empty() && together >= std::max(most, few_together);
    if (!same_class)
      dealt = draw % count;
    else if (!equal || full)
      ++dealt;
    if (!equal || full) together = 0;
    together += rows.weight(order[j]);
    fold[order[j]] = static_cast<std::uint8_t>(dealt % count);
  }
  return fold;
}

row_selection::row_selection(const training_set& rows, score_form form, bool keep_zeros,
                             const std::vector<bool>& chosen) {
  take(rows, rows.in_form(form, keep_zeros), true, chosen);
}

row_selection::row_selection(const training_set& rows, const std::vector<bool>& chosen) {
  take(rows, view_of(rows.values()), rows.are_logits(), chosen);
}

void row_selection::take(const training_set& rows, const matrix_view& from, bool as_logits,
                         const std::vector<bool>& chosen) {
  const std::size_t K = rows.classes();
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    if (!chosen[i]) continue;
    labels_.push_back(rows.label(i));
    if (rows.weighted()) weights_.push_back(rows.weight(i));
    if (!rows.keys().empty()) keys_.push_back(rows.keys()[i]);
  }
  matrix_view view;
  from.visit([&]<class T>(const basic_matrix_view<T>& typed) {
    std::vector<T>& to = [this]() -> std::vector<T>& {
      if constexpr (std::is_same_v<T, float>) return narrow_;
      if constexpr (std::is_same_v<T, double>) return wide_;
      if constexpr (std::is_same_v<T, float16>) return half_;
    }();
    to.reserve(labels_.size() * K);
    for (std::size_t i = 0; i < rows.rows(); ++i)
      if (chosen[i]) to.insert(to.end(), typed.row(i), typed.row(i) + K);
    view = basic_matrix_view<T>::contiguous(to.data(), labels_.size(), K);
  });
  rows_ = std::make_unique<training_set>(as_logits ? class_scores(logits(view)) : class_scores(probabilities(view)),
                                         labels_, weights_, rows.pool(), keys_);
}

}  // namespace calibrant
