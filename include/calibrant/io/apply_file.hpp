#pragma once

#include <string>

#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/calibration_model.hpp>
#include <calibrant/evaluation/streaming.hpp>
#include <calibrant/io/input_options.hpp>

namespace calibrant {

/// Maps the scores of one file by a model and writes the file again with probabilities in their place, under the same
/// names; everything else of a row stays as it is. The kind of scores and the classes are the model's: without
/// `options.scores` the columns are those whose names are the classes, all with the same text before and after. Formats
/// by extension: .csv and .tsv to either of them, .npy to .npy, Parquet and Arrow to either of them or to .csv. Rows
/// stream; peak memory does not depend on their number (Arrow: the largest record batch). All or nothing is written.
/// Returns how many rows got 0 for every class and became uniform.
///
/// Throws error as a reader does, (unsupported) on another pair of formats, (shape_mismatch) if the classes are not
/// the model's in the model's order, (invalid_scores) on the first row that breaks the rules of its kind.
std::uint64_t apply_to_file(const calibration_model& model, const input_options& options, bool renormalize,
                            const std::string& to, thread_pool& pool, const progress_callback& progress = {});

}  // namespace calibrant
