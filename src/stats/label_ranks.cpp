#include <calibrant/stats/label_ranks.hpp>

#include <cmath>

#include <calibrant/core/error.hpp>
#include <calibrant/core/float16.hpp>

namespace calibrant {
namespace {

/// What scores are compared by. Half floats are compared as signed magnitudes, so that nothing is widened; zero has
/// one.
template <class T>
T order_of(T score) noexcept {
  return score;
}
std::int32_t order_of(float16 score) noexcept {
  const std::int32_t magnitude = score.bits & 0x7FFF;
  return (score.bits & 0x8000) != 0 ? -magnitude : magnitude;
}

/// The lower classes come first where scores are equal.
template <class T>
std::size_t rank_of(const T* row, std::size_t classes, std::size_t label) noexcept {
  const auto own = order_of(row[label]);
  std::int32_t before = 0;
  for (std::size_t k = 0; k < label; ++k) before += static_cast<std::int32_t>(order_of(row[k]) >= own);
  for (std::size_t k = label + 1; k < classes; ++k) before += static_cast<std::int32_t>(order_of(row[k]) > own);
  return static_cast<std::size_t>(before);
}

}  // namespace

template <class T>
void label_ranks::accumulate(const T* const* rows, const row_block& block) {
  for (std::size_t i = 0; i < block.rows; ++i) {
    const double w = block.weights == nullptr ? 1.0 : block.weights[i];
    if (block.label_shares == nullptr) {
      add(rank_of(rows[i], classes(), static_cast<std::size_t>(block.labels[i])), w);
      continue;
    }
    for (std::size_t k = 0; k < classes(); ++k)
      if (const double share = block.label_shares[i][k]; share > 0) add(rank_of(rows[i], classes(), k), w * share);
  }
}

void label_ranks::add(std::size_t rank, double weight) {
  if (is_exact_weight(weight)) {
    exact_[rank] += static_cast<std::int64_t>(weight);
    return;
  }
  if (fractional_.empty()) fractional_.resize(classes());
  fractional_[rank].add(weight);
}

template void label_ranks::accumulate(const float* const*, const row_block&);
template void label_ranks::accumulate(const double* const*, const row_block&);
template void label_ranks::accumulate(const float16* const*, const row_block&);

void label_ranks::require_mergeable(const label_ranks& other) const {
  if (classes() != other.classes())
    throw error(error_code::state_mismatch, "merge: the states rank " + std::to_string(classes()) + " and " +
                                                std::to_string(other.classes()) +
                                                " classes, expected the same; evaluate both with the same options");
  if (kind_ != other.kind_)
    throw error(error_code::state_mismatch, "merge: the states have " + std::string(name_of(kind_)) + " and " +
                                                std::string(name_of(other.kind_)) + " weights, expected the same");
}

void label_ranks::merge(const label_ranks& other) {
  require_mergeable(other);
  for (std::size_t r = 0; r < exact_.size(); ++r) exact_[r] += other.exact_[r];
  if (other.fractional_.empty()) return;
  if (fractional_.empty()) fractional_.resize(classes());
  for (std::size_t r = 0; r < fractional_.size(); ++r) fractional_[r].merge(other.fractional_[r]);
}

bool label_ranks::valid() const noexcept {
  for (const std::int64_t weight : exact_)
    if (weight < 0) return false;
  for (const compensated_sum& weight : fractional_)
    if (!(weight.value() >= 0) || std::isinf(weight.value())) return false;
  return true;
}

double label_ranks::weight_within(std::size_t k) const noexcept {
  const std::size_t ranks = k < classes() ? k : classes();
  std::int64_t exact = 0;
  for (std::size_t r = 0; r < ranks; ++r) exact += exact_[r];
  compensated_sum fractional;
  if (!fractional_.empty())
    for (std::size_t r = 0; r < ranks; ++r) fractional.merge(fractional_[r]);
  return static_cast<double>(exact) + fractional.value();
}

}  // namespace calibrant
