#include <calibrant/evaluation/audit.hpp>

#include <string>
#include <utility>
#include <vector>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/evaluator.hpp>

#include "evaluation/detail/calibrated_batch.hpp"
#include "evaluation/detail/read_ahead.hpp"

namespace calibrant {
namespace {

void require_the_same(const batch_source& validation, const batch_source& test) {
  if (validation.kind() != test.kind())
    throw error(error_code::shape_mismatch, "test: has " + std::string(name_of(test.kind())) +
                                                " where the validation rows have " +
                                                std::string(name_of(validation.kind())) + ", expected the same");
  if (validation.classes() != test.classes())
    throw error(error_code::shape_mismatch,
                "test: has other classes than the validation rows, or another order of them, expected the same; name "
                "them with --classes");
}

/// One side of the comparison: the rows before or after the model.
struct side {
  evaluator pass;
  row_outcomes outcomes;

  side(std::string name, const evaluation_config& config, const audit_options& options, thread_pool& pool)
      : pass(config, options.pass, pool) {
    outcomes.name = std::move(name);
    outcomes.kind = config.kind;
    outcomes.classes = config.classes;
  }
};

}  // namespace

audit_result audit(batch_source& validation, batch_source& test, const audit_options& options, thread_pool& pool,
                   const progress_callback& progress) {
  require_the_same(validation, test);
  calibration_model model = fit_model(validation, options.fit, options.pass, pool, progress);

  evaluation_config config{.classes = test.classes(), .kind = test.kind(), .bins = options.bins};
  config.weights = options.weights;
  config.log_floor = options.comparison.log_floor;
  config.parts = options.parts | panel_part::proper_scores;
  side before("before", config, options, pool);
  config.kind = score_kind::probabilities;
  side after("after", config, options, pool);
  detail::calibrated_batch calibrated(model, options.pass.renormalize, pool);
  {
    detail::read_ahead reader(test);
    for (batch_buffers* buffers = nullptr; (buffers = reader.next(buffers)) != nullptr;) {
      prediction_batch batch = buffers->batch(test.kind(), test.classes().size());
      batch.keys = {};  // both sides stand row by row
      const std::size_t first = before.outcomes.rows();
      before.pass.accumulate(batch, &before.outcomes);
      const std::span results(before.outcomes.results.data() + first, before.outcomes.rows() - first);
      after.pass.accumulate(calibrated.of(batch, results), &after.outcomes);
      if (progress) progress(test.bytes_read(), test.bytes_total());
    }
  }
  const std::vector<source_info> sources = test.sources();
  row_problems known = test.problems();
  const row_problems refused = before.pass.problems();
  evaluation_state state_before = before.pass.finish(sources, test.group_names(), known, test.weighted());
  known.merge(refused);
  evaluation_state state_after = after.pass.finish(sources, test.group_names(), known, test.weighted());
  before.outcomes.counts = state_before.counts;
  after.outcomes.counts = state_after.counts;
  before.outcomes.sources = after.outcomes.sources = sources;
  std::vector<row_outcomes> both;
  both.push_back(std::move(before.outcomes));
  both.push_back(std::move(after.outcomes));
  comparison difference = compare(std::move(both), options.comparison, pool);
  return {std::move(model), std::move(state_before), std::move(state_after), std::move(difference)};
}

}  // namespace calibrant
