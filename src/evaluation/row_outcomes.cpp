#include <calibrant/evaluation/row_outcomes.hpp>

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include <calibrant/core/error.hpp>

namespace calibrant {
namespace {

/// The next values of a column that is there for all rows or for none.
template <class T>
void extend(large_vector<T>& column, std::span<const T> more, std::size_t rows_before, const std::string& what) {
  if (rows_before > 0 && column.empty() != more.empty())
    throw error(error_code::shape_mismatch,
                what + ": some batches have them and others have none, expected the same in all");
  column.insert(column.end(), more.begin(), more.end());
}

template <class T>
void gather(large_vector<T>& column, const std::vector<std::size_t>& kept) {
  if (column.empty()) return;
  large_vector<T> chosen(kept.size());
  for (std::size_t i = 0; i < kept.size(); ++i) chosen[i] = column[kept[i]];
  column = std::move(chosen);
}

}  // namespace

void row_outcomes::begin(const prediction_batch& batch) {
  const std::size_t before = rows();
  const std::size_t n = batch.labels.size();
  if (const auto soft = std::find(batch.labels.begin(), batch.labels.end(), soft_label); soft != batch.labels.end())
    throw error(error_code::invalid_labels,
                name + ": row " +
                    std::to_string(batch.first_row + static_cast<std::uint64_t>(soft - batch.labels.begin())) +
                    " has a label that is a distribution, expected one class per row to compare models on");
  extend(weights, batch.weights, before, name + ": weights");
  extend(keys, batch.keys, before, name + ": ids");
  labels.insert(labels.end(), batch.labels.begin(), batch.labels.end());
  results.insert(results.end(), n, result::left_out);
  if (!keys.empty()) {
    places.resize(before + n);
    std::iota(places.begin() + static_cast<std::ptrdiff_t>(before), places.end(), batch.first_row);
  }
  confidence.resize(before + n);
  if (!has_scores()) return;
  for (large_vector<double>* const column : {&label_probability, &sum_squares, &log_loss}) column->resize(before + n);
}

void row_outcomes::keep(const std::vector<std::size_t>& kept) {
  gather(results, kept);
  for (large_vector<double>* const column : {&confidence, &label_probability, &sum_squares, &log_loss, &weights})
    gather(*column, kept);
  gather(labels, kept);
  gather(keys, kept);
  gather(places, kept);
}

}  // namespace calibrant
