#include <calibrant/evaluation/comparison.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/row_alignment.hpp>
#include <calibrant/evaluation/warnings.hpp>
#include <calibrant/metrics/debiased_calibration_error.hpp>
#include <calibrant/stats/holm_adjustment.hpp>
#include <calibrant/stats/row_store.hpp>

#include "evaluation/detail/feed_states.hpp"
#include "evaluation/detail/pair_tests.hpp"
#include "evaluation/detail/paired_squares.hpp"

namespace calibrant {
namespace {

/// The square has no panel of its own: evaluate gives it as a detail of ece_l2_debiased.
constexpr metric_entry squared_error = {
    .name = "ece_l2_squared",
    .title = "ECE L2 squared",
    .question = "Which is calibrated better? The debiased squared error of the confidence",
    .definition = "sum_b (W_b/W) [(conf_b - acc_b)^2 - acc_b (1 - acc_b) / (n_b - 1)]",
    .units = "score",
    .range = "[-1, 1]",
    .better = metric_direction::lower,
    .reads = panel_part::top_label,
    .citation = "Kumar, Liang and Ma (2019)",
    .default_panel = false,
    .finalize = nullptr,
};

constexpr const char* biased_reason =
    "the value of a sample is biased upwards, by more where the model is calibrated better, and so is a difference of "
    "two of them; see ece_l2_squared";

[[noreturn]] void refuse(const std::string& sentence) { throw error(error_code::invalid_argument, sentence); }

void require_valid(const std::vector<row_outcomes>& models, const comparison_options& options) {
  if (models.size() < 2)
    refuse("compare: got " + std::to_string(models.size()) + (models.size() == 1 ? " model" : " models") +
           ", expected at least two");
  if (options.replicates < 2)
    refuse("bootstrap: got " + std::to_string(options.replicates) + " replicates, expected at least 2");
  if (options.bins < 1 || options.bins > most_compared_bins)
    refuse("bins: got " + std::to_string(options.bins) + ", expected a whole number from 1 to " +
           std::to_string(most_compared_bins));
  const row_outcomes& first = models.front();
  for (const row_outcomes& other : models) {
    if (other.has_scores() != first.has_scores() || other.classes != first.classes)
      throw error(error_code::shape_mismatch, other.name + ": has other classes or knows other things of a row than " +
                                                  first.name + ", expected the same");
    require_same_length(first, other);
    if (other.keys.size() != first.keys.size() || !std::equal(first.keys.begin(), first.keys.end(), other.keys.begin()))
      throw error(error_code::shape_mismatch, other.name + ": its rows have other ids than those of " + first.name +
                                                  ", expected the same in the same order; align them first");
    require_same_cases(first, other, 0, first.rows());
  }
}

/// The rows that all models answer.
std::vector<std::size_t> common_rows(const std::vector<row_outcomes>& models) {
  std::vector<std::size_t> kept;
  kept.reserve(models.front().rows());
  for (std::size_t i = 0; i < models.front().rows(); ++i)
    if (std::all_of(models.begin(), models.end(),
                    [&](const row_outcomes& m) { return m.results[i] != row_outcomes::result::left_out; }))
      kept.push_back(i);
  if (kept.empty())
    throw error(error_code::no_rows, "no rows: none of " + std::to_string(models.front().rows()) +
                                         " can be used of all models, expected at least one");
  return kept;
}

/// What decides how often a row is drawn: its id, or where it stood.
std::vector<std::uint64_t> draw_keys(const row_outcomes& first, const std::vector<std::size_t>& kept) {
  std::vector<std::uint64_t> keys(kept.size());
  for (std::size_t i = 0; i < kept.size(); ++i)
    keys[i] = first.keys.empty() ? row_store::key_of(0, kept[i]) : first.keys[kept[i]];
  return keys;
}

/// The states of one model on the rows of the comparison, as far as model_metrics() read them.
panel_state state_of(row_outcomes& model, const detail::paired_rows& rows, const comparison_options& options) {
  const panel_parts parts =
      model.has_scores() ? panel_part::top_label | panel_part::proper_scores : panel_parts(panel_part::top_label);
  panel_state state(1, bin_edges::equal_width(options.bins), options.weights, options.log_floor, parts);
  constexpr std::size_t block_rows = 256;
  std::array<double, block_rows> zeros{};  // of what the value of a score does not depend on
  std::array<std::int32_t, block_rows> predictions{};
  std::array<std::int32_t, block_rows> labels{};
  detail::pending_sums pending;
  for (std::size_t first = 0; first < model.rows(); first += block_rows) {
    row_block block{.rows = std::min(block_rows, model.rows() - first)};
    for (std::size_t i = 0; i < block.rows; ++i)
      labels[i] = model.results[first + i] == row_outcomes::result::right ? 0 : 1;
    row_summaries& s = block.summaries;
    s.confidence = model.confidence.data() + first;
    s.prediction = predictions.data();
    if (model.has_scores()) {
      s.label_probability = model.label_probability.data() + first;
      s.sum_squares = model.sum_squares.data() + first;
      s.log_loss = model.log_loss.data() + first;
      s.sum_cubes = s.entropy = s.squared_surprise = zeros.data();
    }
    block.labels = labels.data();
    if (!rows.weights.empty()) block.weights = rows.weights.data() + first;
    const double* const* const no_rows = nullptr;
    detail::feed_states(state, no_rows, no_rows, block, pending);
  }
  pending.flush(state);
  return state;
}

compared_model model_of(row_outcomes& outcomes, const panel_state& state, const comparison_options& options) {
  compared_model model{.name = outcomes.name,
                       .kind = outcomes.kind,
                       .sources = outcomes.sources,
                       .counts = outcomes.counts,
                       .metrics = {}};
  const std::string why = "of other rows";  // what is expected under calibration needs more than was kept
  for (const metric_entry* const entry : model_metrics()) {
    metric_options shown;
    shown.level = options.level;
    estimate result = !state.parts.contain(entry->reads)
                          ? estimate::none(
                                "needs the probabilities of all classes; the input has the confidence of the "
                                "predicted class only")
                          : compute(*entry, state, shown);
    if (result.value.value) result.expected_if_calibrated = result.p_value = figure::none(why);
    model.metrics.push_back({.entry = entry, .result = std::move(result)});
  }
  return model;
}

/// What all pairs read.
struct paired_evidence {
  detail::paired_rows rows;
  std::vector<double> squares;                  ///< of every model
  std::vector<std::vector<double>> replicates;  ///< of the squares
};

compared_pair pair_of(std::size_t baseline, std::size_t model, const comparison& all, const paired_evidence& evidence) {
  const row_outcomes& a = evidence.rows.models[baseline];
  const row_outcomes& b = evidence.rows.models[model];
  paired_difference ece{
      .value = *all.models[model].metrics[3].result.value.value - *all.models[baseline].metrics[3].result.value.value,
      .standard_error = figure::none(biased_reason),
      .uncertainty = interval_estimate::none(biased_reason),
      .p_value = figure::none(biased_reason)};
  std::vector<double> replicates = evidence.replicates[model];
  for (std::size_t r = 0; r < replicates.size(); ++r) replicates[r] -= evidence.replicates[baseline][r];
  compared_pair pair{.baseline = baseline, .model = model, .verdict = {}, .differences = {}};
  pair.differences = {detail::score_difference(detail::row_score::log_loss, a, b, evidence.rows, all.options),
                      detail::score_difference(detail::row_score::brier, a, b, evidence.rows, all.options),
                      detail::accuracy_difference(a, b, evidence.rows, all.options), std::move(ece),
                      detail::square_difference(evidence.squares[model] - evidence.squares[baseline],
                                                std::move(replicates), a, b, evidence.rows, all.options)};
  for (std::size_t i = 0; i < pair.differences.size(); ++i) pair.differences[i].entry = difference_metrics()[i];
  return pair;
}

void adjust(comparison& result) {
  std::vector<double> p_values;
  std::vector<paired_difference*> tests;
  for (compared_pair& pair : result.pairs)
    for (paired_difference& d : pair.differences) {
      if (!d.p_value.value) {
        d.adjusted_p_value = figure::none(d.p_value.reason);
        continue;
      }
      tests.push_back(&d);
      p_values.push_back(*d.p_value.value);
    }
  const std::vector<double> adjusted = holm_adjusted(p_values);
  for (std::size_t i = 0; i < tests.size(); ++i) tests[i]->adjusted_p_value = adjusted[i];
  result.tests = tests.size();
}

std::string rows_text(std::uint64_t rows) { return std::to_string(rows) + (rows == 1 ? " row" : " rows"); }

void add_warnings(comparison& result, std::span<const row_outcomes> models) {
  if (result.left_out > 0)
    result.warnings.push_back({"rows_left_out", rows_text(result.left_out) +
                                                    " left out of all models, since some model has no usable row there "
                                                    "or its weight is 0"});
  if (result.rows < 200)
    result.warnings.push_back(
        {"few_rows", "only " + rows_text(result.rows) + ": only large differences can be told from chance"});
  for (const compared_model& model : result.models)
    for (const evaluation_warning& warning : row_warnings(model.counts))
      result.warnings.push_back({warning.code, model.name + ": " + warning.message});
  for (const compared_pair& pair : result.pairs) {
    const std::string about = result.models[pair.model].name + " and " + result.models[pair.baseline].name + ": ";
    const detail::infinite_losses infinite =
        detail::count_infinite(models[pair.baseline], models[pair.model], result.options.log_floor);
    if (infinite.both > 0)
      result.warnings.push_back({"infinite_in_both", about + "both log losses are infinite on " +
                                                         rows_text(infinite.both) +
                                                         ", which counts as no difference there"});
    std::string alone;
    const auto say = [&](std::size_t rows, std::size_t model) {
      if (rows > 0)
        alone += (alone.empty() ? "" : " and ") + std::string("for ") + result.models[model].name + " alone on " +
                 rows_text(rows);
    };
    say(infinite.model, pair.model);
    say(infinite.baseline, pair.baseline);
    if (!alone.empty())
      result.warnings.push_back({"infinite_difference", "no test of the log loss, which is infinite " + alone +
                                                            "; --log-floor 1e-15 would bound it"});
  }
}

}  // namespace

std::span<const metric_entry* const> model_metrics() noexcept {
  static const std::array<const metric_entry*, 5> metrics = {find_metric("log_loss"), find_metric("brier"),
                                                             find_metric("accuracy"), find_metric("ece"),
                                                             find_metric("ece_l2_debiased")};
  return metrics;
}

std::span<const metric_entry* const> difference_metrics() noexcept {
  static const std::array<const metric_entry*, 5> metrics = {
      find_metric("log_loss"), find_metric("brier"), find_metric("accuracy"), find_metric("ece"), &squared_error};
  return metrics;
}

comparison compare(std::vector<row_outcomes> models, const comparison_options& options, thread_pool& pool) {
  require_valid(models, options);
  comparison result{.options = options, .classes = models.front().classes};
  result.by_id = !models.front().keys.empty();
  result.weighted = !models.front().weights.empty();
  const std::vector<std::size_t> kept = common_rows(models);
  result.rows = kept.size();
  result.left_out = models.front().rows() - kept.size();
  const std::vector<std::uint64_t> keys = draw_keys(models.front(), kept);
  if (result.left_out > 0)
    for (row_outcomes& model : models) model.keep(kept);

  paired_evidence evidence;
  evidence.rows = {
      .models = models, .weights = models.front().weights, .keys = keys, .kind = options.weights, .bins = options.bins};
  for (row_outcomes& model : models) {
    const panel_state state = state_of(model, evidence.rows, options);
    result.weight = state.top_label.all().sums.weight;
    result.models.push_back(model_of(model, state, options));
    evidence.squares.push_back(debiased_squared_error(state.top_label));
  }
  evidence.replicates = detail::replicate_squares(evidence.rows, options.replicates, options.seed, pool);
  for (std::size_t a = 0; a < (options.all_pairs ? models.size() : 1); ++a)
    for (std::size_t b = a + 1; b < models.size(); ++b) result.pairs.push_back(pair_of(a, b, result, evidence));
  adjust(result);
  for (compared_pair& pair : result.pairs) pair.verdict = detail::pair_verdict(pair, result);
  add_warnings(result, models);
  return result;
}

}  // namespace calibrant
