#include <calibrant/evaluation/streaming.hpp>

#include <calibrant/core/error.hpp>

#include "evaluation/detail/read_ahead.hpp"

namespace calibrant {

evaluation_state evaluate_stream(batch_source& source, const evaluation_config& config, const pass_options& options,
                                 thread_pool& pool, const progress_callback& progress) {
  // Batches are cut by the K of the configuration, so another K would read past their ends.
  if (source.classes() != config.classes)
    throw error(error_code::shape_mismatch,
                "classes: the source has other names or another order than the configuration, expected the same; take "
                "them from the source");
  if (source.kind() != config.kind)
    throw error(error_code::shape_mismatch, "scores: the source has " + std::string(name_of(source.kind())) +
                                                " and the configuration says " + std::string(name_of(config.kind)) +
                                                ", expected the same");
  evaluator pass(config, options, pool);
  {
    detail::read_ahead reader(source);
    batch_buffers* buffers = nullptr;
    while ((buffers = reader.next(buffers)) != nullptr) {
      pass.accumulate(buffers->batch(config.kind, config.classes.size()));
      if (progress) progress(source.bytes_read(), source.bytes_total());
    }
  }
  return pass.finish(source.sources(), source.group_names(), source.problems(), source.weighted());
}

}  // namespace calibrant
