#include <calibrant/catalog/metric_catalog.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <calibrant/metrics/accuracy.hpp>
#include <calibrant/metrics/brier_decomposition.hpp>
#include <calibrant/metrics/brier_score.hpp>
#include <calibrant/metrics/classwise_calibration_error.hpp>
#include <calibrant/metrics/confidence_gap.hpp>
#include <calibrant/metrics/debiased_calibration_error.hpp>
#include <calibrant/metrics/expected_calibration_error.hpp>
#include <calibrant/metrics/log_loss.hpp>
#include <calibrant/metrics/over_underconfidence.hpp>
#include <calibrant/metrics/spiegelhalter_z.hpp>
#include <calibrant/metrics/top_label_conditional_error.hpp>

namespace calibrant {
namespace {

using enum metric_direction;
using enum panel_part;

constexpr const char* unmeasured_reason = "not measured: the pass was restricted to other metrics";

/// Adapt a metric over one state to the signature of the catalogue. Top-label cells are always measured.
template <estimate (*metric)(const top_label_cells&, const metric_options&)>
estimate of_top_label(const panel_state& s, const metric_options& o) {
  return metric(s.top_label, o);
}
template <estimate (*metric)(const classwise_cells&, const metric_options&)>
estimate of_classwise(const panel_state& s, const metric_options& o) {
  return s.parts.contain(classwise) ? metric(s.classwise, o) : estimate::none(unmeasured_reason);
}
template <estimate (*metric)(const score_sums&, const metric_options&)>
estimate of_scores(const panel_state& s, const metric_options& o) {
  return s.parts.contain(proper_scores) ? metric(s.scores, o) : estimate::none(unmeasured_reason);
}
estimate of_spiegelhalter(const panel_state& s, const metric_options& o) {
  return s.parts.contain(confidence_scores) ? spiegelhalter_z(s.top_label, s.scores, o)
                                            : estimate::none(unmeasured_reason);
}

constexpr std::array catalogue = {
    metric_entry{"accuracy", "Accuracy", "How often is the most likely class the right one?", "A / W", "probability",
                 "[0, 1]", higher, top_label, "", true, of_top_label<accuracy>},
    metric_entry{"mean_confidence", "Mean confidence", "How sure does the model say it is, on average?", "C / W",
                 "probability", "[1/K, 1]", none, top_label, "", true, of_top_label<mean_confidence>},
    metric_entry{"confidence_gap", "Confidence gap", "Does it promise more than it delivers? Positive: over-confident.",
                 "(C - A) / W", "probability", "[-1, 1]", zero, top_label, "", true, of_top_label<confidence_gap>},
    metric_entry{"ece", "ECE (top label)", "How far is confidence from accuracy, on average over confidence levels?",
                 "sum_b (W_b/W) |conf_b - acc_b|", "probability", "[0, 1]", lower, top_label,
                 "Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017", true, of_top_label<expected_calibration_error>},
    metric_entry{
        "ece_l2_debiased", "ECE L2, debiased", "The same with squared gaps, corrected for the noise of small bins",
        "sqrt(max(0, sum_b (W_b/W) [(conf_b - acc_b)^2 - acc_b (1 - acc_b)/(n_b - 1)]))", "probability", "[0, 1]",
        lower, top_label, "Kumar, Liang and Ma 2019", true, of_top_label<debiased_calibration_error>},
    metric_entry{"rmsce", "RMSCE (ECE L2)", "The same with squared gaps: large gaps count more",
                 "sqrt(sum_b (W_b/W) (conf_b - acc_b)^2)", "probability", "[0, 1]", lower, top_label,
                 "Kumar, Liang and Ma 2019", true, of_top_label<root_mean_square_calibration_error>},
    metric_entry{"ece_lp", "ECE Lp", "The same with gaps to the power p", "(sum_b (W_b/W) |conf_b - acc_b|^p)^(1/p)",
                 "probability", "[0, 1]", lower, top_label, "Kumar, Liang and Ma 2019", false,
                 of_top_label<lp_calibration_error>},
    metric_entry{"mce", "MCE (largest gap)", "How wrong is the worst confidence level?", "max_b |conf_b - acc_b|",
                 "probability", "[0, 1]", lower, top_label, "Naeini, Cooper and Hauskrecht 2015", true,
                 of_top_label<maximum_calibration_error>},
    metric_entry{"overconfidence", "Over-confidence", "The part of the ECE where the model promises too much",
                 "sum_b (W_b/W) max(conf_b - acc_b, 0)", "probability", "[0, 1]", lower, top_label, "", true,
                 of_top_label<overconfidence>},
    metric_entry{"underconfidence", "Under-confidence", "The part of the ECE where the model promises too little",
                 "sum_b (W_b/W) max(acc_b - conf_b, 0)", "probability", "[0, 1]", lower, top_label, "", true,
                 of_top_label<underconfidence>},
    metric_entry{"top_label_conditional_ece",
                 "ECE by predicted class",
                 "The ECE when each predicted class is judged on its own",
                 "sum_k sum_b (W_kb/W) |conf_kb - acc_kb|",
                 "probability",
                 "[0, 1]",
                 lower,
                 top_label,
                 "Gupta and Ramdas 2022",
                 true,
                 of_top_label<top_label_conditional_error>,
                 {.predicted_class = true}},
    metric_entry{"classwise_ece", "Class-wise ECE (mean)",
                 "Are the probabilities of every class right, not only of the predicted one?",
                 "(1/K) sum_k sum_b (W_bk/W) |mean p_k - freq_k|", "probability", "[0, 1]", lower, classwise,
                 "Kull et al. 2019; Nixon et al. 2019", true, of_classwise<classwise_calibration_error>},
    metric_entry{"classwise_ece_sum", "Class-wise ECE (sum)", "The same summed over classes",
                 "sum_k sum_b (W_bk/W) |mean p_k - freq_k|", "probability", "[0, 2]", lower, classwise,
                 "Kull et al. 2019", true, of_classwise<classwise_calibration_error_sum>},
    metric_entry{"log_loss", "Log loss", "How surprised is the model by the true classes?",
                 "(1/W) sum_i w_i (-ln p_i[y_i])", "nats", "[0, inf)", lower, proper_scores, "Good 1952", true,
                 of_scores<log_loss>},
    metric_entry{"brier", "Brier score", "Squared distance between probabilities and truth, summed over classes",
                 "(1/W) sum_i w_i sum_k (p_ik - 1{y_i = k})^2", "score", "[0, 2]", lower, proper_scores, "Brier 1950",
                 true, of_scores<brier_score>},
    metric_entry{"brier_calibration", "Brier: calibration part", "How much of the Brier score is miscalibration?",
                 "sum_k sum_b (W_bk/W) (mean p_k - freq_k)^2", "score", "[0, 2]", lower, classwise,
                 "Murphy 1973; Stephenson, Coelho and Jolliffe 2008", true, of_classwise<brier_calibration>},
    metric_entry{"brier_refinement", "Brier: refinement part",
                 "What would be left of it after perfect recalibration in these bins?", "brier - brier_calibration",
                 "score", "[0, 2]", lower, classwise, "Murphy 1973; Stephenson, Coelho and Jolliffe 2008", true,
                 of_classwise<brier_refinement>},
    metric_entry{"spiegelhalter_z", "Spiegelhalter z", "A test of calibration: within about -2 to 2 if calibrated",
                 "sum w (a - c)(1 - 2c) / sqrt(sum w (1 - 2c)^2 c (1 - c))", "z", "(-inf, inf)", zero,
                 top_label | confidence_scores, "Spiegelhalter 1986", true, of_spiegelhalter},
};

}  // namespace

std::string_view name_of(metric_direction direction) noexcept {
  switch (direction) {
    case metric_direction::lower:
      return "lower";
    case metric_direction::higher:
      return "higher";
    case metric_direction::zero:
      return "zero";
    case metric_direction::none:
      return "none";
  }
  return "none";
}

metric_limits limits_of(const metric_entry& entry) {
  const std::size_t comma = entry.range.find(", ");
  const auto number = [](std::string_view text) -> std::optional<double> {
    double value = 0;
    const auto [end, failure] = std::from_chars(text.begin(), text.end(), value);
    const bool whole = failure == std::errc() && end == text.end() && std::isfinite(value);
    return whole ? std::optional(value) : std::nullopt;
  };
  return {number(entry.range.substr(1, comma - 1)),
          number(entry.range.substr(comma + 2, entry.range.size() - comma - 3))};
}

estimate compute(const metric_entry& entry, const panel_state& state, const metric_options& options) {
  estimate result = entry.finalize(state, options);
  if (!result.value.value) return result;
  constexpr double rounding = 1e-12;
  const metric_limits limits = limits_of(entry);
  double& value = *result.value.value;
  if (limits.lower && value < *limits.lower && value >= *limits.lower - rounding) value = *limits.lower;
  if (limits.upper && value > *limits.upper && value <= *limits.upper + rounding) value = *limits.upper;
  return result;
}

std::span<const metric_entry> metric_catalog() noexcept { return catalogue; }

const metric_entry* find_metric(std::string_view name) noexcept {
  const auto position =
      std::find_if(catalogue.begin(), catalogue.end(), [&](const metric_entry& entry) { return entry.name == name; });
  return position == catalogue.end() ? nullptr : &*position;
}

}  // namespace calibrant
