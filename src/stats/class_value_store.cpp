#include <calibrant/stats/class_value_store.hpp>

#include <algorithm>
#include <limits>
#include <type_traits>

#include <calibrant/core/error.hpp>
#include <calibrant/core/float16.hpp>

namespace calibrant {
namespace {

/// Rows whose n K values stay within the limit.
std::uint64_t rows_of_values(std::uint64_t exact_rows, std::size_t classes) {
  if (classes == 0) return 0;
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max() / exact_values_per_exact_row;
  return std::min(exact_rows, most) * exact_values_per_exact_row / classes;
}

}  // namespace

class_value_store::class_value_store(std::size_t classes, weight_kind kind, std::uint64_t exact_rows)
    : columns_(classes, forecast_column(kind, rows_of_values(exact_rows, classes), class_micro_bin_count)) {}

template <class T>
void class_value_store::accumulate(const T* const* rows, const row_block& block) {
  if (block.label_shares != nullptr) {
    for (std::size_t i = 0; i < block.rows; ++i)
      for (std::size_t k = 0; k < columns_.size(); ++k)
        columns_[k].add_soft_row(to_double(rows[i][k]), std::min(block.label_shares[i][k], 1.0),
                                 block.weights == nullptr ? 1.0 : block.weights[i]);
    return;
  }
  for (std::size_t k = 0; k < columns_.size(); ++k) {
    const auto label = static_cast<std::int32_t>(k);
    columns_[k].add(
        block.rows,
        [&](std::size_t i) {
          if constexpr (std::is_same_v<T, double>)
            return rows[i][k];
          else
            return static_cast<float>(to_double(rows[i][k]));  // exact
        },
        [&](std::size_t i) { return block.labels[i] == label; }, block.weights);
  }
}

void class_value_store::sort(thread_pool& pool) {
  // Few parts, so that the pool's bookkeeping does not show.
  const std::size_t parts = std::min(columns_.size(), 8 * pool.size());
  pool.run(parts, [&](std::size_t part) {
    for (std::size_t k = columns_.size() * part / parts; k < columns_.size() * (part + 1) / parts; ++k)
      columns_[k].flush();
  });
}

bool class_value_store::restore() {
  return std::all_of(columns_.begin(), columns_.end(), [](forecast_column& column) { return column.restore(); });
}

void class_value_store::require_mergeable(const class_value_store& other) const {
  if (classes() != other.classes())
    throw error(error_code::state_mismatch, "merge: the states have " + std::to_string(classes()) + " and " +
                                                std::to_string(other.classes()) +
                                                " classes, expected the same; evaluate both with the same options");
  if (!columns_.empty()) columns_.front().require_mergeable(other.columns_.front());
}

void class_value_store::merge(const class_value_store& other) {
  require_mergeable(other);
  for (std::size_t k = 0; k < columns_.size(); ++k) columns_[k].merge(other.columns_[k]);
}

template void class_value_store::accumulate(const float* const*, const row_block&);
template void class_value_store::accumulate(const double* const*, const row_block&);
template void class_value_store::accumulate(const float16* const*, const row_block&);

}  // namespace calibrant
