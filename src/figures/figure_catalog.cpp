#include <calibrant/figures/figure_catalog.hpp>

#include <array>
#include <string>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/total_panel.hpp>

#include "figures/detail/figure_list.hpp"

namespace calibrant {
namespace {

constexpr std::string_view ece[] = {"ece"};
constexpr std::string_view classwise[] = {"classwise_ece"};
constexpr std::string_view aurc[] = {"aurc"};
constexpr std::string_view groups[] = {"ece", "confidence_gap"};
constexpr std::string_view leading[] = {"accuracy", "mean_confidence", "confidence_gap", "ece", "log_loss", "brier"};

constexpr std::array<figure_entry, 11> catalog = {{
    {.name = "reliability",
     .title = "Reliability diagram",
     .question = "Of the rows with a given confidence, how many are right, and is the difference more than chance?",
     .sources = 1,
     .reads = panel_part::top_label,
     .also = {},
     .metrics = ece,
     .of_class = false,
     .of_groups = false,
     .draw = &detail::draw_reliability_figure},
    {.name = "class",
     .title = "Reliability of one class",
     .question = "Is the probability of one class right: that of --class, or the class with the largest error?",
     .sources = 1,
     .reads = panel_part::top_label | panel_part::classwise,
     .also = {},
     .metrics = classwise,
     .of_class = true,
     .of_groups = false,
     .draw = &detail::draw_class_figure},
    {.name = "classes",
     .title = "Class-wise reliability",
     .question = "Which classes have the largest errors, and what do they look like?",
     .sources = 1,
     .reads = panel_part::top_label | panel_part::classwise,
     .also = {},
     .metrics = classwise,
     .of_class = false,
     .of_groups = false,
     .draw = &detail::draw_classes_figure},
    {.name = "confidence",
     .title = "Confidence of right and wrong predictions",
     .question = "How confident is the model, and are its wrong predictions less confident than its right ones?",
     .sources = 1,
     .reads = panel_part::top_label,
     .also = {},
     .metrics = ece,
     .of_class = false,
     .of_groups = false,
     .draw = &detail::draw_confidence_figure},
    {.name = "risk-coverage",
     .title = "Risk and coverage",
     .question = "How many errors are left when the least confident predictions are left out?",
     .sources = 1,
     .reads = panel_part::top_label | panel_part::confidences,
     .also = {},
     .metrics = aurc,
     .of_class = false,
     .of_groups = false,
     .draw = &detail::draw_risk_coverage_figure},
    {.name = "bins",
     .title = "Calibration error by number of bins",
     .question = "Does the error depend on how many bins there are?",
     .sources = 1,
     .reads = panel_part::top_label | panel_part::confidences,
     .also = panel_part::class_values,
     .metrics = ece,
     .of_class = false,
     .of_groups = false,
     .draw = &detail::draw_bin_count_figure},
    {.name = "class-frequency",
     .title = "Over- and under-confidence by class frequency",
     .question = "Is the model over-confident in rare classes?",
     .sources = 1,
     .reads = panel_part::top_label | panel_part::classwise,
     .also = {},
     .metrics = classwise,
     .of_class = false,
     .of_groups = false,
     .draw = &detail::draw_class_frequency_figure},
    {.name = "groups",
     .title = "Groups side by side",
     .question = "Is the model calibrated in every group (--group)?",
     .sources = 1,
     .reads = panel_part::top_label | panel_part::confidence_scores,
     .also = {},
     .metrics = groups,
     .of_class = false,
     .of_groups = true,
     .draw = &detail::draw_groups_figure},
    {.name = "simplex",
     .title = "Calibration on the simplex",
     .question = "Of three classes, in which direction are the probabilities wrong?",
     .sources = 1,
     .reads = panel_part::top_label | panel_part::row_scores,
     .also = {},
     .metrics = ece,
     .of_class = false,
     .of_groups = false,
     .draw = &detail::draw_simplex_figure},
    {.name = "before-after",
     .title = "Reliability before and after",
     .question = "What does a calibrator, another model or another month change? The first input is before, the second "
                 "after.",
     .sources = 2,
     .reads = panel_part::top_label,
     .also = {},
     .metrics = ece,
     .of_class = false,
     .of_groups = false,
     .draw = &detail::draw_before_after_figure},
    {.name = "changes",
     .title = "What changed",
     .question = "Between two samples of rows, how far did each number move, and is it more than chance? The first "
                 "input is the old one.",
     .sources = 2,
     .reads = panel_part::top_label,
     .also = {},
     .metrics = leading,
     .of_class = false,
     .of_groups = false,
     .draw = &detail::draw_changes_figure},
}};

[[noreturn]] void refuse(const figure_entry& entry, error_code code, const std::string& why) {
  throw error(code, std::string(entry.name) + ": " + why);
}

void check(const figure_entry& entry, const evaluation_state& state) {
  if (state.config.peer)
    refuse(entry, error_code::invalid_argument,
           "got the numbers of another package, expected Calibrant's own; measure without a peer");
  if (!state.config.measurable().contain(entry.reads))
    refuse(entry, error_code::missing_input,
           "needs the probabilities of all classes, but the input has the confidence of the predicted class only; draw "
           "reliability, confidence or risk-coverage");
  if (entry.reads.contain(panel_part::row_scores) && !state.config.parts.contain(panel_part::row_scores))
    refuse(entry, error_code::missing_input,
           "needs the rows themselves, which no state file holds and a pass keeps only if asked (bootstrap); draw it "
           "from the predictions");
  if (!state.config.parts.contain(entry.reads))
    refuse(entry, error_code::missing_input,
           "needs " + entry.reads.text() + ", but the state holds " + state.config.parts.text() +
               "; measure the whole panel, or draw it from the predictions");
  if (entry.of_groups && !state.grouped)
    refuse(entry, error_code::missing_input,
           "there are no groups, expected rows with groups; name their column with --group");
}

}  // namespace

std::span<const figure_entry> figure_catalog() noexcept { return catalog; }

const figure_entry* find_figure(std::string_view name) noexcept {
  for (const figure_entry& entry : catalog)
    if (entry.name == name) return &entry;
  return nullptr;
}

evaluation_options evaluation_for(const figure_entry& entry, const metric_options& metric) {
  evaluation_options options{.metric = metric};
  options.metrics.assign(entry.metrics.begin(), entry.metrics.end());
  options.per_class_reliability = false;
  return options;
}

panel_parts parts_needed(const figure_entry& entry, std::size_t classes) {
  // More class columns in order take more memory than a figure is worth.
  constexpr std::size_t most_columns = 100;
  const panel_parts parts = parts_needed(evaluation_for(entry), classes) | entry.reads;
  return classes <= most_columns ? parts | entry.also : parts;
}

drawn_figure draw_figure(const figure_entry& entry, std::span<const evaluation_state* const> states,
                         const metric_options& metric, const figure_options& options, thread_pool* pool) {
  if (states.size() != entry.sources)
    refuse(entry, error_code::invalid_argument,
           "got " + std::to_string(states.size()) + (states.size() == 1 ? " data set" : " data sets") + ", expected " +
               std::to_string(entry.sources));
  if (options.of_class && !entry.of_class)
    refuse(entry, error_code::invalid_argument, "shows no single class, expected no class; leave it out");
  std::vector<evaluation> results;
  std::vector<total_panel> totals;
  for (const evaluation_state* const state : states) {
    check(entry, *state);
    totals.emplace_back(*state);
    results.push_back(evaluate(*state, evaluation_for(entry, metric), pool));
  }
  std::vector<figure_source> sources;
  for (std::size_t i = 0; i < states.size(); ++i) sources.push_back({results[i], *totals[i], states[i]});
  return entry.draw(sources, options);
}

}  // namespace calibrant
