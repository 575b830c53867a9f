#include <calibrant/stats/score_sums.hpp>

#include <algorithm>
#include <array>
#include <cmath>

#include <calibrant/core/error.hpp>

#include "simd/kernels.hpp"

namespace calibrant {
namespace {

constexpr sum_grid count_grid{0x1p52, 0};

/// The grid of each field, in the order of score_field.
constexpr std::array<sum_grid, score_field_count> field_grids = {
    count_grid,   count_grid,     count_grid,      grids::loss, grids::squared_loss, grids::brier,
    grids::brier, grids::entropy, grids::surprise, grids::unit, grids::unit,         grids::unit,
};

/// Below the end of grids::loss, and its square below the end of grids::squared_loss.
constexpr double largest_fast_loss = 2047.0;

constexpr std::size_t index(score_field field) { return static_cast<std::size_t>(field); }

/// A value beyond the fast range of its grid, rounded to the grid's unit in 128 bits.
int128 round_large(double x, const sum_grid& grid) {
  return static_cast<int128>(std::nearbyint(std::ldexp(x, grid.exponent)));
}

int128 round_any(score_field field, double x) {
  const sum_grid& grid = field_grids[index(field)];
  const bool large = field == score_field::log_loss
                         ? x > largest_fast_loss
                         : field == score_field::squared_log_loss && x > largest_fast_loss * largest_fast_loss;
  return large ? round_large(x, grid) : grid.round(x);
}

}  // namespace

/// The fields of a few rows, one array per field.
struct score_sums::block_values {
  static constexpr std::size_t capacity = 128;
  alignas(64) std::array<std::array<double, capacity>, score_field_count> of;
  double largest_loss = 0;

  double* operator[](score_field field) noexcept { return of[index(field)].data(); }
  /// Makes what needs more of a row than its confidence 0.
  void keep_confidences() noexcept {
    for (std::size_t f = 0; f < score_field_count; ++f)
      if (f != index(score_field::weight) && f != index(score_field::spiegelhalter_variance)) of[f].fill(0.0);
    largest_loss = 0;
  }
};

score_sums::score_sums(weight_kind kind, std::optional<double> log_floor) : kind_(kind), log_floor_(log_floor) {
  if (log_floor_ && !(*log_floor_ > 0 && *log_floor_ < 1))
    throw error(error_code::invalid_argument, "log floor: got " + std::to_string(*log_floor_) +
                                                  ", expected a probability between 0 and 1, e.g. 1e-15");
}

double score_sums::totals::value(score_field field) const noexcept {
  const double exact_part = field_grids[index(field)].value(exact[index(field)]);
  return fractional.empty() ? exact_part : exact_part + fractional[index(field)].value();
}

void score_sums::totals::merge(const totals& other) {
  for (std::size_t f = 0; f < score_field_count; ++f) exact[f] += other.exact[f];
  if (other.fractional.empty()) return;
  if (fractional.empty()) fractional.resize(score_field_count);
  for (std::size_t f = 0; f < score_field_count; ++f) fractional[f].merge(other.fractional[f]);
}

void score_sums::fill(const row_block& block, std::size_t first, std::size_t count, block_values& values) const {
  using enum score_field;
  const row_summaries& s = block.summaries;
  row_summaries rows = {};
  rows.confidence = s.confidence + first;
  rows.label_probability = s.label_probability + first;
  rows.sum_squares = s.sum_squares + first;
  rows.sum_cubes = s.sum_cubes + first;
  rows.entropy = s.entropy + first;
  rows.squared_surprise = s.squared_surprise + first;
  rows.log_loss = s.log_loss + first;
  const double largest_loss = log_floor_ ? -std::log(*log_floor_) : largest_finite_loss;
  const simd::score_terms terms = {.beyond = values[log_floor_ ? floored_loss : infinite_loss],
                                   .log_loss = values[score_field::log_loss],
                                   .squared_log_loss = values[squared_log_loss],
                                   .brier = values[brier],
                                   .squared_brier = values[squared_brier],
                                   .entropy = values[entropy],
                                   .surprise_variance = values[surprise_variance],
                                   .expected_brier = values[expected_brier],
                                   .brier_variance = values[brier_variance],
                                   .spiegelhalter_variance = values[spiegelhalter_variance]};
  values.largest_loss =
      simd::active_target().score_rows(rows, count, largest_loss, log_floor_ ? largest_loss : 0.0, terms);
}

void score_sums::add_weighted(totals& into, const block_values& values, std::size_t row, double weight) {
  if (is_exact_weight(weight)) {
    const auto w = static_cast<std::int64_t>(weight);
    for (std::size_t f = 0; f < score_field_count; ++f)
      into.exact[f] += round_any(static_cast<score_field>(f), values.of[f][row]) * w;
    return;
  }
  if (into.fractional.empty()) into.fractional.resize(score_field_count);
  for (std::size_t f = 0; f < score_field_count; ++f) into.fractional[f].add(weight * values.of[f][row]);
}

void score_sums::accumulate(const row_block& block) { add(block, true); }
void score_sums::accumulate_confidences(const row_block& block) { add(block, false); }

void score_sums::add(const row_block& block, bool whole_rows) {
  const auto& kernels = simd::active_target();
  const score_field never = log_floor_ ? score_field::infinite_loss : score_field::floored_loss;
  block_values values;
  values.of[index(score_field::weight)].fill(1.0);
  values.of[index(never)].fill(0.0);
  for (std::size_t first = 0; first < block.rows; first += block_values::capacity) {
    const std::size_t count = std::min(block_values::capacity, block.rows - first);
    fill(block, first, count, values);
    if (!whole_rows) values.keep_confidences();
    rows_[0] += static_cast<std::int64_t>(count);
    if (block.weights == nullptr && kind_ == weight_kind::frequency && values.largest_loss <= largest_fast_loss) {
      for (std::size_t f = 0; f < score_field_count; ++f) {
        const auto field = static_cast<score_field>(f);
        if (field == never) continue;
        by_weight_.exact[f] += field == score_field::weight
                                   ? static_cast<std::int64_t>(count)
                                   : kernels.exact_sum(values.of[f].data(), count, field_grids[f].magic);
      }
      continue;
    }
    for (std::size_t j = 0; j < count; ++j) {
      const double w = block.weights == nullptr ? 1.0 : block.weights[first + j];
      rows_[1] += w != 1.0;
      add_weighted(by_weight_, values, j, w);
      if (kind_ == weight_kind::importance) add_weighted(by_squared_weight_, values, j, w * w);
    }
  }
}

void score_sums::require_mergeable(const score_sums& other) const {
  if (kind_ != other.kind_)
    throw error(error_code::state_mismatch, "merge: the states have " + std::string(name_of(kind_)) + " and " +
                                                std::string(name_of(other.kind_)) + " weights, expected the same");
  if (log_floor_ != other.log_floor_)
    throw error(
        error_code::state_mismatch,
        "merge: the states have different log floors, expected the same; evaluate both with the same --log-floor");
}

void score_sums::merge(const score_sums& other) {
  require_mergeable(other);
  for (std::size_t i = 0; i < rows_.size(); ++i) rows_[i] += other.rows_[i];
  by_weight_.merge(other.by_weight_);
  by_squared_weight_.merge(other.by_squared_weight_);
}

}  // namespace calibrant
