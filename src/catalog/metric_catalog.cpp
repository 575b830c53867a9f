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
  return s.parts.contain(proper_scores) ? spiegelhalter_z(s.top_label, s.scores, o) : estimate::none(unmeasured_reason);
}

constexpr std::array catalogue = {
    metric_entry{"accuracy", "Accuracy", "How often is the most likely class the right one?", "A / W", "probability",
                 "[0, 1]", higher, top_label, "", true, of_top_label<accuracy>,
                 R"(\frac{1}{W} \sum_i w_i \, \mathbf{1}\{\hat y_i = y_i\} = \frac{A}{W})",
                 "Where several classes share the largest score, the lowest of them is the prediction. No rows: "
                 "no value."},
    metric_entry{"mean_confidence", "Mean confidence", "How sure does the model say it is, on average?", "C / W",
                 "probability", "[1/K, 1]", none, top_label, "", true, of_top_label<mean_confidence>,
                 R"(\frac{1}{W} \sum_i w_i \, c_i = \frac{C}{W})",
                 "It describes the scores alone, so nothing is expected of it and it has no p-value. One row: no "
                 "interval."},
    metric_entry{"confidence_gap", "Confidence gap", "Does it promise more than it delivers? Positive: over-confident.",
                 "(C - A) / W", "probability", "[-1, 1]", zero, top_label, "", true, of_top_label<confidence_gap>,
                 R"(\frac{C - A}{W})",
                 "Gaps of opposite sign cancel: 0 does not mean calibrated. One row: no interval."},
    metric_entry{"ece", "ECE (top label)", "How far is confidence from accuracy, on average over confidence levels?",
                 "sum_b (W_b/W) |conf_b - acc_b|", "probability", "[0, 1]", lower, top_label,
                 "Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017", true, of_top_label<expected_calibration_error>,
                 R"(\sum_b \frac{W_b}{W} \left|\mathrm{conf}_b - \mathrm{acc}_b\right|)",
                 "Empty bins add nothing. c = 1 is in the last bin. The value of a sample is biased upward, so "
                 "compare it with what is expected of a calibrated model, not with 0; the detail floor_95 is the "
                 "value that such a model exceeds once in twenty."},
    metric_entry{
        "ece_l2_debiased", "ECE L2, debiased", "The same with squared gaps, corrected for the noise of small bins",
        "sqrt(max(0, sum_b (W_b/W) [(conf_b - acc_b)^2 - acc_b (1 - acc_b)/(n_b - 1)]))", "probability", "[0, 1]",
        lower, top_label, "Kumar, Liang and Ma 2019", true, of_top_label<debiased_calibration_error>,
        R"(\sqrt{\max\left(0,\; \sum_b \frac{W_b}{W} \left[(\mathrm{conf}_b - \mathrm{acc}_b)^2 - \frac{\mathrm{acc}_b (1 - \mathrm{acc}_b)}{n_b - 1}\right]\right)})",
        "Bins with fewer than two rows add 0. Below 0 the square counts as 0; the detail signed_square "
        "keeps its sign."},
    metric_entry{"rmsce", "RMSCE (ECE L2)", "The same with squared gaps: large gaps count more",
                 "sqrt(sum_b (W_b/W) (conf_b - acc_b)^2)", "probability", "[0, 1]", lower, top_label,
                 "Kumar, Liang and Ma 2019", true, of_top_label<root_mean_square_calibration_error>,
                 R"(\sqrt{\sum_b \frac{W_b}{W} (\mathrm{conf}_b - \mathrm{acc}_b)^2})",
                 "Empty bins add nothing. Never below ece."},
    metric_entry{"ece_lp", "ECE Lp", "The same with gaps to the power p", "(sum_b (W_b/W) |conf_b - acc_b|^p)^(1/p)",
                 "probability", "[0, 1]", lower, top_label, "Kumar, Liang and Ma 2019", false,
                 of_top_label<lp_calibration_error>,
                 R"(\left(\sum_b \frac{W_b}{W} \left|\mathrm{conf}_b - \mathrm{acc}_b\right|^p\right)^{1/p})",
                 "p is the option --norm, real and at least 1. p = 1 is ece, p = 2 rmsce, and large p come close "
                 "to mce."},
    metric_entry{"mce", "MCE (largest gap)", "How wrong is the worst confidence level?", "max_b |conf_b - acc_b|",
                 "probability", "[0, 1]", lower, top_label, "Naeini, Cooper and Hauskrecht 2015", true,
                 of_top_label<maximum_calibration_error>,
                 R"(\max_{b \,:\, W_b > 0} \left|\mathrm{conf}_b - \mathrm{acc}_b\right|)",
                 "Empty bins do not take part. Weights of bins play no role, so a bin of a few rows can decide "
                 "it: see the interval."},
    metric_entry{"overconfidence", "Over-confidence", "The part of the ECE where the model promises too much",
                 "sum_b (W_b/W) max(conf_b - acc_b, 0)", "probability", "[0, 1]", lower, top_label, "", true,
                 of_top_label<overconfidence>, R"(\sum_b \frac{W_b}{W} \max(\mathrm{conf}_b - \mathrm{acc}_b,\, 0))",
                 "overconfidence + underconfidence = ece; their difference is confidence_gap."},
    metric_entry{"underconfidence", "Under-confidence", "The part of the ECE where the model promises too little",
                 "sum_b (W_b/W) max(acc_b - conf_b, 0)", "probability", "[0, 1]", lower, top_label, "", true,
                 of_top_label<underconfidence>, R"(\sum_b \frac{W_b}{W} \max(\mathrm{acc}_b - \mathrm{conf}_b,\, 0))",
                 "overconfidence + underconfidence = ece; their difference is confidence_gap."},
    metric_entry{"top_label_conditional_ece", "ECE by predicted class",
                 "The ECE when each predicted class is judged on its own", "sum_k sum_b (W_kb/W) |conf_kb - acc_kb|",
                 "probability", "[0, 1]", lower, top_label, "Gupta and Ramdas 2022", true,
                 of_top_label<top_label_conditional_error>,
                 R"(\sum_k \sum_b \frac{W_{kb}}{W} \left|\mathrm{conf}_{kb} - \mathrm{acc}_{kb}\right|)",
                 "Cells are over the rows predicted as class k; classes that are never predicted add nothing. "
                 "Never below ece of the same bins. The detail maximum is the largest gap of a cell."},
    metric_entry{"classwise_ece", "Class-wise ECE (mean)",
                 "Are the probabilities of every class right, not only of the predicted one?",
                 "(1/K) sum_k sum_b (W_bk/W) |mean p_k - freq_k|", "probability", "[0, 1]", lower, classwise,
                 "Kull et al. 2019; Nixon et al. 2019", true, of_classwise<classwise_calibration_error>,
                 R"(\frac{1}{K} \sum_k \sum_b \frac{W_{bk}}{W} \left|\overline{p}_{bk} - \mathrm{freq}_{bk}\right|)",
                 "Every row counts in every class, also classes without a row. The mean is over K classes, so "
                 "with many classes it is small by itself: compare it with what is expected of a calibrated "
                 "model."},
    metric_entry{"classwise_ece_sum", "Class-wise ECE (sum)", "The same summed over classes",
                 "sum_k sum_b (W_bk/W) |mean p_k - freq_k|", "probability", "[0, 2]", lower, classwise,
                 "Kull et al. 2019", true, of_classwise<classwise_calibration_error_sum>,
                 R"(\sum_k \sum_b \frac{W_{bk}}{W} \left|\overline{p}_{bk} - \mathrm{freq}_{bk}\right|)",
                 "K times classwise_ece; some papers print this one."},
    metric_entry{"log_loss", "Log loss", "How surprised is the model by the true classes?",
                 "(1/W) sum_i w_i (-ln p_i[y_i])", "nats", "[0, inf)", lower, proper_scores, "Good 1952", true,
                 of_scores<log_loss>, R"(\frac{1}{W} \sum_i w_i \left(-\ln p_{i y_i}\right))",
                 "A row that gives its true class probability 0 makes it infinite: then there is no value, and "
                 "the reason counts those rows. --log-floor F takes max(p, F) and the detail floored_rows counts "
                 "the rows below it. From logits it is computed as logsumexp(z) - z[y], finite for finite logits."},
    metric_entry{"brier", "Brier score", "Squared distance between probabilities and truth, summed over classes",
                 "(1/W) sum_i w_i sum_k (p_ik - 1{y_i = k})^2", "score", "[0, 2]", lower, proper_scores, "Brier 1950",
                 true, of_scores<brier_score>,
                 R"(\frac{1}{W} \sum_i w_i \sum_k \left(p_{ik} - \mathbf{1}\{y_i = k\}\right)^2)",
                 "Summed over classes: for two classes it is twice the binary score. Some packages print half of "
                 "it or divide it by K."},
    metric_entry{"brier_calibration", "Brier: calibration part", "How much of the Brier score is miscalibration?",
                 "sum_k sum_b (W_bk/W) (mean p_k - freq_k)^2", "score", "[0, 2]", lower, classwise,
                 "Murphy 1973; Stephenson, Coelho and Jolliffe 2008", true, of_classwise<brier_calibration>,
                 R"(\sum_k \sum_b \frac{W_{bk}}{W} \left(\overline{p}_{bk} - \mathrm{freq}_{bk}\right)^2)",
                 "Empty cells add nothing. The details resolution and uncertainty are the other two terms of "
                 "Murphy's decomposition."},
    metric_entry{"brier_refinement", "Brier: refinement part",
                 "What would be left of it after perfect recalibration in these bins?", "brier - brier_calibration",
                 "score", "[0, 2]", lower, classwise, "Murphy 1973; Stephenson, Coelho and Jolliffe 2008", true,
                 of_classwise<brier_refinement>, R"(\mathrm{brier} - \mathrm{brier\_calibration})",
                 "With the terms for the spread inside of bins the two parts add up to brier exactly."},
    metric_entry{"spiegelhalter_z", "Spiegelhalter z", "A test of calibration: within about -2 to 2 if calibrated",
                 "sum w (a - c)(1 - 2c) / sqrt(sum w (1 - 2c)^2 c (1 - c))", "z", "(-inf, inf)", zero,
                 top_label | proper_scores, "Spiegelhalter 1986", true, of_spiegelhalter,
                 R"(\frac{\sum_i w_i (a_i - c_i)(1 - 2 c_i)}{\sqrt{\sum_i w_i (1 - 2 c_i)^2 \, c_i (1 - c_i)}})",
                 "Importance weights are squared under the root. Rows at c = 1/2 weigh nothing and errors of "
                 "opposite sign cancel, so it is never the only evidence of calibration. No value where every "
                 "confidence is 1/2 or 1."},
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
