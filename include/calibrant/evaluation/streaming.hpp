#pragma once

#include <cstdint>
#include <functional>

#include <calibrant/evaluation/batch_source.hpp>
#include <calibrant/evaluation/evaluator.hpp>

namespace calibrant {

/// Called now and then on the calling thread while rows stream: bytes read and bytes in all (0: unknown).
using progress_callback = std::function<void(std::uint64_t, std::uint64_t)>;

/// Reads the source to its end and accumulates every batch. Reading and measuring overlap: one thread reads ahead by at
/// most two batches, so peak memory does not depend on the number of rows. Errors of either side come out here.
/// Throws error (shape_mismatch) if the source has other classes or another kind of scores than the configuration.
[[nodiscard]] evaluation_state evaluate_stream(batch_source& source, const evaluation_config& config,
                                               const pass_options& options, thread_pool& pool,
                                               const progress_callback& progress = {});

}  // namespace calibrant
