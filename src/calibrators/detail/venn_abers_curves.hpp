#pragma once

#include <cstddef>
#include <vector>

#include <calibrant/calibrators/calibration_map.hpp>
#include <calibrant/calibrators/parameter_list.hpp>
#include <calibrant/calibrators/training_set.hpp>
#include <calibrant/calibrators/venn_abers.hpp>

namespace calibrant::detail {

/// "groups", "x", "p0", "p1" of curves, and "folds" if there are several.
[[nodiscard]] std::vector<parameter> venn_abers_parameters(const std::vector<venn_abers_curve>& curves,
                                                           std::size_t folds);

/// 1 if it is not stored. Throws error (malformed_input) unless it is a whole number from 1 on.
[[nodiscard]] std::size_t stored_fold_count(const parameter_list& stored);

/// The curves again, `count` of them; a curve may have no scores. Throws error (malformed_input) on what are no curves.
[[nodiscard]] std::vector<venn_abers_curve> stored_venn_abers_curves(const parameter_list& stored, std::size_t count);

/// Which rows each fold has, at least one each; a single fold has all of them.
[[nodiscard]] std::vector<std::vector<bool>> parts_of(const training_set& rows, const venn_abers_options& options);

}  // namespace calibrant::detail
