#include <calibrant/evaluation/fit_model.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include <calibrant/calibrators/row_mapper.hpp>
#include <calibrant/core/error.hpp>
#include <calibrant/core/text_list.hpp>

#include "evaluation/detail/row_gatherer.hpp"
#include "evaluation/detail/row_refusal.hpp"
#include "evaluation/detail/score_rows.hpp"

namespace calibrant {
namespace {

std::string names_of_methods() {
  std::string text(automatic_method);
  for (const calibrator_entry& entry : calibrator_catalog()) text += ", " + std::string(entry.name);
  return text;
}

const calibrator_entry& method_of(const fit_request& request) {
  const calibrator_entry* const method = find_calibrator(request.method);
  if (method == nullptr)
    throw error(error_code::invalid_argument,
                "method: got \"" + request.method + "\", expected one of " + names_of_methods());
  return *method;
}

calibrator_options options_of(const fit_request& request, const calibrator_entry& method) {
  calibrator_options options;
  if (request.target && !method.needs_target)
    throw error(error_code::invalid_argument, "target: " + std::string(method.name) +
                                                  " learns from rows with labels alone, expected no target; " +
                                                  "prior_correction reads one");
  options.prior.target = request.target;
  for (const auto& [name, text] : request.options) {
    const calibrator_option* const option = find_calibrator_option(name);
    if (option == nullptr || !method.reads(name))
      throw error(error_code::invalid_argument,
                  "option \"" + name + "\": " + std::string(method.name) +
                      (method.options.empty() ? " has no options, expected none"
                                              : " does not read it, expected one of " + std::string(method.options)));
    if (!option->set(options, text))
      throw error(error_code::invalid_argument,
                  "option \"" + name + "\": got \"" + text + "\", expected " + std::string(option->values));
  }
  return options;
}

selection_options selection_of(const fit_request& request) {
  selection_options options;
  if (request.target)
    throw error(error_code::invalid_argument,
                "target: auto learns from rows with labels alone, expected no target; prior_correction reads one");
  for (const auto& [name, text] : request.options) {
    if (name == "score" && (text == "log_loss" || text == "brier")) {
      options.score = text == "brier" ? selection_score::brier : selection_score::log_loss;
    } else if (name == "seed") {
      calibrator_options read;
      if (!find_calibrator_option("seed")->set(read, text))
        throw error(error_code::invalid_argument, "option \"seed\": got \"" + text + "\", expected a whole number");
      options.seed = read.linear.seed;
    } else if (name == "score") {
      throw error(error_code::invalid_argument, "option \"score\": got \"" + text + "\", expected log_loss or brier");
    } else {
      throw error(error_code::invalid_argument,
                  "option \"" + name + "\": auto does not read it, expected one of score seed");
    }
  }
  return options;
}

/// Mean log loss of the rows as they are given, or as a map gives them.
double mean_loss(const training_set& rows, const calibration_map* map) {
  const std::size_t K = rows.classes();
  std::vector<double> sums(rows.parts(), 0.0);
  const matrix_view& view = view_of(rows.values());
  rows.for_each_part(sums.size(), [&](std::size_t part, std::size_t first, std::size_t last) {
    const bool lookup = map == nullptr && !rows.are_logits();  // a probability that is given is its own answer
    const std::unique_ptr<calibration_map> identity = find_calibrator("identity")->restore(parameter_list({}, K));
    row_mapper mapper(map == nullptr ? *identity : *map, rows.are_logits(), rows.floor());
    const std::size_t block = std::clamp<std::size_t>(65536 / K, 1, 64);
    std::vector<double> p(block * K);
    for (std::size_t from = first; from < last; from += block) {
      const std::size_t count = std::min(block, last - from);
      if (!lookup) mapper.map(view, from, count, p.data());
      for (std::size_t i = 0; i < count; ++i) {
        const auto y = static_cast<std::size_t>(rows.label(from + i));
        const double own = lookup ? std::min(view.at(from + i, y), 1.0) : p[i * K + y];
        sums[part] -= rows.weight(from + i) * std::log(own);
      }
    }
  });
  return std::accumulate(sums.begin(), sums.end(), 0.0) / rows.total_weight();
}

void note_about_rows(const training_set& rows, calibration_model& model) {
  std::vector<fit_note>& notes = model.report.notes;
  std::vector<std::string> absent;
  for (std::size_t k = 0; k < rows.classes(); ++k)
    if (rows.class_weights()[k] == 0) absent.push_back(model.classes[k]);
  if (!absent.empty())
    notes.push_back({"absent_classes", "no row has the label " + list_of(absent) +
                                           "; such a class gets: " + std::string(model.method->absent_class)});
  const std::size_t learned = model.method->parameters(rows.classes());
  if (learned > 1 && static_cast<double>(rows.rows()) < 10 * static_cast<double>(learned))
    notes.push_back({"few_rows", std::to_string(rows.rows()) + " rows for " + std::to_string(learned) +
                                     " numbers are few: expect worse on other rows than on these"});
  if (rows.floored() > 0) {
    const bool one = rows.floored() == 1;
    const std::string count = std::to_string(rows.floored());
    notes.push_back({"floored_scores",
                     rows.are_logits()
                         ? count + (one ? " logit is" : " logits are") + " -infinity, a probability of 0"
                         : count + (one ? " probability is" : " probabilities are") +
                               " 0 or next to it; where a logarithm is taken the smallest normal number of the type "
                               "stands in"});
  }
}

void require_usable_target(const class_scores& target, const class_names& classes) {
  if (view_of(target).columns() != classes.size()) return;  // refused by the method with the number of classes
  view_of(target).visit([&](const auto& view) {
    for (std::size_t i = 0; i < view.rows; ++i)
      if (const auto complaint = detail::complaint_about(view.row(i), classes, std::holds_alternative<logits>(target)))
        throw error(error_code::invalid_scores, "target row " + std::to_string(i) + " " + complaint->got);
  });
}

calibration_model learn(const class_scores& values, std::span<const std::int32_t> labels,
                        std::span<const double> weights, std::span<const std::uint64_t> keys,
                        const class_names& classes, const fit_request& request, training_record record,
                        thread_pool& pool) {
  const training_set rows(values, labels, weights, pool, keys);
  if (request.target) require_usable_target(*request.target, classes);
  selected_calibrator learned;
  if (request.method == automatic_method) {
    learned = select_calibrator(rows, selection_of(request));
  } else {
    learned.method = &method_of(request);
    learned.options = request.options;
    learned.fitted = learned.method->fit(rows, options_of(request, *learned.method));
  }
  record.counts.measured = rows.rows();
  record.weight = rows.total_weight();
  record.weighted = rows.weighted();
  record.class_weights = rows.class_weights();
  record.floored = rows.floored();
  record.floor = rows.floor();
  calibration_model model{.method = learned.method,
                          .classes = classes,
                          .kind = rows.are_logits() ? score_kind::logits : score_kind::probabilities,
                          .options = std::move(learned.options),
                          .map = std::move(learned.fitted.map),
                          .report = std::move(learned.fitted.report),
                          .training = std::move(record)};
  if (request.method == automatic_method) model.selection = std::move(learned.record);
  if (!model.report.loss_before) model.report.loss_before = mean_loss(rows, nullptr);
  if (!model.report.loss_after) model.report.loss_after = mean_loss(rows, model.map.get());
  note_about_rows(rows, model);
  return model;
}

calibration_model learn_from_gathered(const detail::row_gatherer& gathered, const class_names& classes,
                                      const fit_request& request, const pass_options& options,
                                      std::vector<source_info> sources, const row_problems& known, thread_pool& pool) {
  row_problems all = gathered.problems;
  all.merge(known);
  std::uint64_t rows = 0;
  for (const source_info& source : sources) rows += source.rows;
  if (options.on_invalid == invalid_policy::error && all.total() > 0) detail::refuse_rows(all, sources, rows);
  training_record record{.counts = gathered.counts, .class_weights = {}, .sources = std::move(sources)};
  for (std::size_t i = 0; i < row_problem_count; ++i)
    record.counts.skipped[i] += known[static_cast<row_problem>(i)].count;
  if (gathered.labels().empty())
    throw error(error_code::no_rows, "no rows: " + std::to_string(record.counts.skipped_total()) +
                                         " were skipped and " + std::to_string(record.counts.zero_weight) +
                                         " have weight 0, expected some to learn from");
  return learn(gathered.values(), gathered.labels(), gathered.weights(), gathered.keys(), classes, request,
               std::move(record), pool);
}

}  // namespace

struct gathered_scores::memory {
  class_names classes;
  detail::row_gatherer rows;

  memory(class_names names, const pass_options& options) : classes(std::move(names)), rows(classes, options) {}
};

gathered_scores::gathered_scores(batch_source& source, const pass_options& options, const progress_callback& progress)
    : memory_(std::make_unique<memory>(source.classes(), options)) {
  for (batch_buffers buffers; source.next(buffers);) {
    memory_->rows.add(buffers.batch(source.kind(), memory_->classes.size()));
    if (progress) progress(source.bytes_read(), source.bytes_total());
  }
  row_problems all = memory_->rows.problems;
  all.merge(source.problems());
  const std::vector<source_info> sources = source.sources();
  std::uint64_t count = 0;
  for (const source_info& each : sources) count += each.rows;
  if (options.on_invalid == invalid_policy::error && all.total() > 0) detail::refuse_rows(all, sources, count);
}

gathered_scores::~gathered_scores() = default;

const class_names& gathered_scores::classes() const noexcept { return memory_->classes; }

class_scores gathered_scores::values() const { return memory_->rows.values(); }

void check_request(const fit_request& request) {
  if (request.method == automatic_method)
    static_cast<void>(selection_of(request));
  else
    static_cast<void>(options_of(request, method_of(request)));
}

calibration_model fit_model(batch_source& source, const fit_request& request, const pass_options& options,
                            thread_pool& pool, const progress_callback& progress) {
  check_request(request);
  const class_names classes = source.classes();
  detail::row_gatherer gathered(classes, options);
  for (batch_buffers buffers; source.next(buffers);) {
    gathered.add(buffers.batch(source.kind(), classes.size()));
    if (progress) progress(source.bytes_read(), source.bytes_total());
  }
  return learn_from_gathered(gathered, classes, request, options, source.sources(), source.problems(), pool);
}

calibration_model fit_model(const prediction_batch& batch, const class_names& classes, const fit_request& request,
                            const pass_options& options, std::vector<source_info> sources, const row_problems& known,
                            thread_pool& pool) {
  check_request(request);
  detail::row_gatherer gathered(classes, options);
  if (known.total() == 0 && gathered.usable_as_it_is(batch, pool)) {
    const class_scores values = std::holds_alternative<logits>(batch.values)
                                    ? class_scores(std::get<logits>(batch.values))
                                    : class_scores(std::get<probabilities>(batch.values));
    return learn(values, batch.labels, batch.weights, batch.keys, classes, request,
                 {.counts = {}, .class_weights = {}, .sources = std::move(sources)}, pool);
  }
  gathered.add(batch);
  return learn_from_gathered(gathered, classes, request, options, std::move(sources), known, pool);
}

}  // namespace calibrant
