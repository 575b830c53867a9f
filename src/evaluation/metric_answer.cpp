#include "evaluation/detail/metric_answer.hpp"

namespace calibrant::detail {
namespace {

/// Takes back what rests on labels that are drawn, one class per row.
void keep_what_soft_labels_allow(const metric_entry& entry, estimate& result) {
  if (!result.value.value) return;
  if (result.p_value.value) result.p_value = figure::none(soft_label_reason);
  if (entry.needs.mean_of_rows) return;
  if (result.uncertainty.bounds) result.uncertainty = interval_estimate::none(soft_label_reason);
  if (result.expected_if_calibrated.value) result.expected_if_calibrated = figure::none(soft_label_reason);
  std::erase_if(result.details, [](const auto& detail) { return detail.first == "floor_95"; });
}

}  // namespace

const char* unanswerable(const metric_entry& entry, const panel_context& context) {
  const evaluation_config& config = context.config;
  if (!config.measurable().contain(entry.reads))
    return "needs the probabilities of all classes; the input has the confidence of the predicted class only";
  if (entry.needs.predicted_class && config.classes.size() == 0)
    return "needs the predicted class; the input tells only whether the prediction was right";
  if (entry.needs.hard_labels && context.soft_labels) return "needs one true class per row; the input has soft labels";
  return nullptr;
}

estimate answer(const metric_entry& entry, const panel_state& state, const panel_context& context,
                const metric_options& options) {
  const char* const reason = unanswerable(entry, context);
  estimate result = reason != nullptr ? estimate::none(reason) : compute(entry, state, options);
  if (context.soft_labels) keep_what_soft_labels_allow(entry, result);
  return result;
}

}  // namespace calibrant::detail
