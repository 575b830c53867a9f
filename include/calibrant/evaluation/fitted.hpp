#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <calibrant/core/scores.hpp>
#include <calibrant/evaluation/fit_model.hpp>

namespace calibrant {

/// Scores of all classes of one kind.
template <class Scores>
concept mappable_scores = std::same_as<Scores, probabilities> || std::same_as<Scores, logits>;

/// A calibrator that has learned from scores of one kind and maps no other; there is none before it has learned.
template <mappable_scores Scores>
class fitted {
 public:
  /// n x K float32 or float64 probabilities, row-major; see apply_model.
  template <std::floating_point T>
  [[nodiscard]] std::vector<T> apply(const Scores& from, thread_pool& pool) const {
    std::vector<T> p(from.view().rows() * from.view().columns());
    apply_model(model_, class_scores(from), p.data(), pool);
    return p;
  }
  /// What a file holds.
  [[nodiscard]] const calibration_model& model() const noexcept { return model_; }

 private:
  explicit fitted(calibration_model model) : model_(std::move(model)) {}
  template <mappable_scores S>
  friend fitted<S> fit(const S&, std::span<const std::int32_t>, const class_names&, const fit_request&, thread_pool&,
                       std::span<const double>);

  calibration_model model_;
};

/// Learns from n x K scores, n class indices and n weights, or none: all 1. Throws as fit_model does.
template <mappable_scores Scores>
[[nodiscard]] fitted<Scores> fit(const Scores& from, std::span<const std::int32_t> labels, const class_names& classes,
                                 const fit_request& request, thread_pool& pool, std::span<const double> weights = {}) {
  const prediction_batch batch{.values = from, .labels = labels, .weights = weights};
  return fitted<Scores>(
      fit_model(batch, classes, request, {}, {{.path = "memory", .rows = from.view().rows(), .sha256 = {}}}, {}, pool));
}

}  // namespace calibrant
