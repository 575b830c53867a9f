#pragma once

#include <cstddef>
#include <memory>

#include <calibrant/calibrators/calibration_map.hpp>
#include <calibrant/calibrators/training_set.hpp>

namespace calibrant {

/// Brings rows of scores into the form that a map reads, and maps them. Holds memory for its rows; one for each thread.
/// The map must outlive it.
class row_mapper {
 public:
  /// `floor`: training_set::floor() of what the map has learned from, so that rows of another element type with the
  /// same zeros are mapped alike; 0: that of the rows' own type.
  row_mapper(const calibration_map& map, bool are_logits, double floor);
  row_mapper(const row_mapper&) = delete;
  row_mapper& operator=(const row_mapper&) = delete;
  ~row_mapper();

  /// Rows [first, first + n) of `from`, scores of the kind given before, which break no rule, become n x K
  /// probabilities. Returns how many had no mass and became uniform.
  std::size_t map(const matrix_view& from, std::size_t first, std::size_t n, double* p);

 private:
  struct memory;
  const calibration_map& map_;
  std::unique_ptr<memory> memory_;
};

}  // namespace calibrant
