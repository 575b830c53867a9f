#pragma once

#include <span>
#include <vector>

#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/comparison_input.hpp>
#include <calibrant/io/input_options.hpp>

namespace calibrant {

/// What a comparison needs of every file of predictions (compare), its rows in the order of the first file or, where
/// the options name a column of ids, in that of the ids. One file per model, named by its path; the files may differ in
/// format, in the kind of scores and in the order of the columns. Throws error like open_predictions and
/// gather_outcomes, and (malformed_input, missing_input), naming the file and the id, where an id stands twice in a
/// file or is absent from another one.
[[nodiscard]] std::vector<row_outcomes> read_outcomes(std::span<const input_options> files, const pass_options& options,
                                                      thread_pool& pool, const progress_callback& progress = {});

}  // namespace calibrant
