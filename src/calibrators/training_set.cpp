#include <calibrant/calibrators/training_set.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>

#include <calibrant/core/error.hpp>
#include <calibrant/core/weights.hpp>

#include "calibrators/detail/score_loader.hpp"

namespace calibrant {
namespace {

std::string at_row(std::size_t i) { return "row " + std::to_string(i); }

}  // namespace

training_set::training_set(class_scores values, std::span<const std::int32_t> labels, std::span<const double> weights,
                           thread_pool& pool, std::span<const std::uint64_t> keys)
    : values_(values), labels_(labels), weights_(weights), keys_(keys), pool_(pool) {
  const matrix_view& view = view_of(values_);
  const std::size_t n = view.rows();
  const std::size_t K = view.columns();
  if (K < 2)
    throw error(error_code::shape_mismatch, "scores: got " + std::to_string(K) +
                                                " columns, expected at least 2, one for each class; of two classes "
                                                "give both, or name the positive one");
  if (labels.size() != n || (!weights.empty() && weights.size() != n) || (!keys.empty() && keys.size() != n))
    throw error(error_code::shape_mismatch, "labels, weights: got " + std::to_string(labels.size()) + " and " +
                                                std::to_string(weights.size()) + " beside " + std::to_string(n) +
                                                " rows of scores, expected one for each row");
  if (n == 0) throw error(error_code::no_rows, "scores: got no rows, expected some to learn from");
  class_weights_.assign(K, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    if (labels[i] < 0 || static_cast<std::size_t>(labels[i]) >= K)
      throw error(error_code::invalid_labels, at_row(i) + " has label " + std::to_string(labels[i]) +
                                                  ", expected a class index from 0 to " + std::to_string(K - 1));
    if (!(is_usable_weight(weight(i)) && weight(i) > 0))
      throw error(error_code::invalid_weights, at_row(i) + " has weight " + std::to_string(weight(i)) +
                                                   ", expected a positive number; leave rows of weight 0 out");
    class_weights_[static_cast<std::size_t>(labels[i])] += weight(i);
  }
  for (const double w : class_weights_) total_weight_ += w;

  std::vector<std::uint64_t> floored(parts(), 0);
  view.visit([&]<class T>(const basic_matrix_view<T>& rows) {
    for_each_part(floored.size(), [&](std::size_t part, std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) {
        const std::size_t below = detail::floored_entries(rows.row(i), K, are_logits());
        floored[part] += below;
        if (are_logits() && below > 0 && std::isinf(to_double(rows.row(i)[labels[i]])))
          throw error(error_code::invalid_scores,
                      at_row(i) +
                          " gives its own label the logit -inf, a probability of 0, so that no fit has a "
                          "finite loss, expected a finite logit; leave the row out or correct its label");
      }
    });
  });
  for (const std::uint64_t count : floored) floored_ += count;
}

double training_set::floor() const noexcept {
  return view_of(values_).visit([]<class T>(const basic_matrix_view<T>&) { return detail::probability_floor_of<T>; });
}

std::size_t training_set::parts(std::size_t most) const noexcept {
  constexpr std::size_t fewest_rows = 128;
  return std::clamp<std::size_t>(rows() / fewest_rows, 1, most);
}

void training_set::for_each_part(std::size_t parts,
                                 const std::function<void(std::size_t, std::size_t, std::size_t)>& work) const {
  pool_.run(parts, [&](std::size_t part) { work(part, rows() * part / parts, rows() * (part + 1) / parts); });
}

const matrix_view& training_set::in_form(score_form form, bool keep_zeros) const {
  for (const made_form& made : forms_)
    if (made.form == form && made.keep_zeros == keep_zeros) return made.view;
  made_form& made = forms_.emplace_back(made_form{form, keep_zeros, {}, {}, {}});
  view_of(values_).visit([&]<class T>(const basic_matrix_view<T>& view) {
    const bool as_given = are_logits() ? form == score_form::log_scores && (keep_zeros || floored_ == 0)
                                       : form == score_form::probabilities;
    if (as_given && !std::is_same_v<T, float16>) {
      made.view = view;
      return;
    }
    const bool wide = std::is_same_v<T, double> || (are_logits() && form == score_form::probabilities);
    const auto fill = [&]<class Stored>(std::vector<Stored>& storage) {
      const std::size_t K = view.columns;
      storage.resize(view.rows * K);
      for_each_part(parts(), [&](std::size_t, std::size_t first, std::size_t last) {
        detail::score_loader loader(are_logits(), form, keep_zeros, 0);
        constexpr std::size_t block = 32;
        std::vector<double> loaded(block * K);
        for (std::size_t i = first; i < last; i += block) {
          const std::size_t count = std::min(block, last - i);
          loader.load(view, i, count, loaded.data());
          for (std::size_t j = 0; j < count * K; ++j) storage[i * K + j] = static_cast<Stored>(loaded[j]);
        }
      });
      made.view = basic_matrix_view<Stored>::contiguous(storage.data(), view.rows, K);
    };
    if (wide)
      fill(made.wide);
    else
      fill(made.narrow);
  });
  return made.view;
}

}  // namespace calibrant
