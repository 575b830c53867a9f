#include <calibrant/evaluation/comparison_input.hpp>

#include <algorithm>
#include <memory>
#include <utility>

#include <calibrant/core/error.hpp>
#include <calibrant/core/text_list.hpp>
#include <calibrant/evaluation/row_alignment.hpp>

#include "evaluation/detail/read_ahead.hpp"
#include "evaluation/detail/reordered_source.hpp"

namespace calibrant {
namespace {

[[noreturn]] void refuse_classes(const compared_source& first, const compared_source& other) {
  throw error(error_code::shape_mismatch,
              other.name + ": its classes are " + list_of(other.source->classes().names()) + ", but those of " +
                  first.name + " are " + list_of(first.source->classes().names()) +
                  ", expected the same names in any order; compare models of the same classes");
}

/// The classes of all sources, in the order of the first.
class_names common_classes(std::span<const compared_source> models) {
  std::vector<std::string> names = models[0].source->classes().names();
  const bool known_by_prediction = models[0].source->kind() == score_kind::top_label;
  for (const compared_source& model : models.subspan(1)) {
    const class_names& theirs = model.source->classes();
    const class_names so_far = names.empty() ? class_names::none() : class_names(names);
    const bool alike = (model.source->kind() == score_kind::top_label) == known_by_prediction &&
                       (theirs.size() == 0) == (models[0].source->classes().size() == 0);
    if (!alike)
      throw error(error_code::shape_mismatch,
                  model.name + ": knows other things of a row than " + models[0].name +
                      ", expected the scores of all classes, the predicted class or its correctness in both");
    if (!known_by_prediction && theirs.size() != so_far.size()) refuse_classes(models[0], model);
    for (const std::string& name : theirs.names()) {
      if (so_far.find(name)) continue;
      if (!known_by_prediction) refuse_classes(models[0], model);
      names.push_back(name);
    }
  }
  return names.empty() ? class_names::none() : class_names(names);
}

/// One model on its way through its rows.
struct lane {
  lane(const compared_source& model, const class_names& classes, const pass_options& options, thread_pool& pool)
      : source(model.source) {
    if (source->classes() != classes) {
      reordered = std::make_unique<detail::reordered_source>(*source, classes);
      source = reordered.get();
    }
    outcomes.name = model.name;
    outcomes.kind = source->kind();
    outcomes.classes = classes;
    evaluation_config config{.classes = classes, .kind = source->kind(), .bins = 1};
    config.parts = panel_part::top_label | panel_part::proper_scores;
    pass = std::make_unique<evaluator>(config, options, pool);
    reader = std::make_unique<detail::read_ahead>(*source);
  }

  /// False at the end of the rows.
  bool read() {
    buffers = reader->next(buffers);
    if (buffers == nullptr) {
      ended = true;
      return false;
    }
    pass->accumulate(buffers->batch(source->kind(), outcomes.classes.size()), &outcomes);
    return true;
  }
  void finish() {
    reader.reset();
    outcomes.sources = source->sources();
    outcomes.counts = pass->finish(source->sources(), {}, source->problems(), source->weighted()).counts;
  }

  batch_source* source;
  std::unique_ptr<detail::reordered_source> reordered;
  std::unique_ptr<evaluator> pass;
  std::unique_ptr<detail::read_ahead> reader;
  batch_buffers* buffers = nullptr;
  row_outcomes outcomes;
  bool ended = false;
};

void read_side_by_side(std::vector<lane>& lanes, const progress_callback& progress) {
  std::size_t checked = 0;  // rows that all models have in common
  for (;;) {
    lane* next = nullptr;
    for (lane& each : lanes)
      if (!each.ended && (next == nullptr || each.outcomes.rows() < next->outcomes.rows())) next = &each;
    if (next == nullptr) return;
    next->read();
    if (progress) {
      std::uint64_t read = 0;
      std::uint64_t all = 0;
      for (const lane& each : lanes) {
        read += each.source->bytes_read();
        all += each.source->bytes_total();
      }
      progress(read, all);
    }
    if (!lanes.front().outcomes.keys.empty()) continue;
    std::size_t common = lanes.front().outcomes.rows();
    for (const lane& each : lanes) common = std::min(common, each.outcomes.rows());
    for (std::size_t m = 1; m < lanes.size(); ++m)
      require_same_cases(lanes[0].outcomes, lanes[m].outcomes, checked, common);
    checked = common;
  }
}

}  // namespace

std::vector<row_outcomes> gather_outcomes(std::span<const compared_source> models, const pass_options& options,
                                          thread_pool& pool, const progress_callback& progress) {
  if (models.empty())
    throw error(error_code::invalid_argument, "compare: got no predictions, expected those of at least two models");
  const class_names classes = common_classes(models);
  std::vector<lane> lanes;
  lanes.reserve(models.size());
  for (const compared_source& model : models) lanes.emplace_back(model, classes, options, pool);
  read_side_by_side(lanes, progress);
  std::vector<row_outcomes> outcomes;
  for (lane& each : lanes) {
    each.finish();
    outcomes.push_back(std::move(each.outcomes));
  }
  if (outcomes.front().keys.empty())
    for (std::size_t m = 1; m < outcomes.size(); ++m) require_same_length(outcomes[0], outcomes[m]);
  return outcomes;
}

}  // namespace calibrant
