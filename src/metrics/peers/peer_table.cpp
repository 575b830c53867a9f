#include <array>

#include "metrics/peers/detail/peer_metrics.hpp"
#include "metrics/peers/detail/peer_tables.hpp"

namespace calibrant::detail {
namespace {

template <bin_rule (*rule)(std::size_t)>
bin_rule any_type(std::size_t bins, peer_number) {
  return rule(bins);
}

template <bin_rule (*of_float32)(std::size_t), bin_rule (*of_float64)(std::size_t)>
bin_rule by_type(std::size_t bins, peer_number type) {
  return type == peer_number::float64 ? of_float64(bins) : of_float32(bins);
}

constexpr peer_parts top_label{.top_label_cells = true};
constexpr peer_parts predicted{.predicted_cells = true};
constexpr peer_parts classes{.class_cells = true};
constexpr peer_parts scores{.proper_scores = true};
constexpr peer_parts confidences{.confidences = true};
constexpr peer_parts rows{.rows = true};
constexpr peer_parts confidences_and_rows{.confidences = true, .rows = true};
constexpr peer_parts nothing{};

constexpr auto torchmetrics = std::to_array<peer_metric>({
    {"ece", "multiclass_calibration_error(norm=\"l1\")", top_label, top_label_l1},
    {"rmsce", "multiclass_calibration_error(norm=\"l2\")", top_label, top_label_l2},
    {"mce", "multiclass_calibration_error(norm=\"max\")", top_label, top_label_max},
    {"ece_l2_debiased", "_ce_compute(norm=\"l2\", debias=True), private", top_label, torchmetrics_debiased_l2},
});

constexpr auto netcal = std::to_array<peer_metric>({
    {"ece", "ECE(bins).measure", top_label, netcal_l1},
    {"mce", "MCE(bins).measure", top_label, netcal_max},
    {"ace", "ACE(bins).measure", top_label, netcal_average_gap},
    {"adaptive_ece", "ECE(bins, equal_intervals=False).measure", confidences, netcal_equal_mass},
});

constexpr auto sklearn = std::to_array<peer_metric>({
    {"accuracy", "accuracy_score of the argmax", nothing, accuracy_of_rows},
    {"log_loss", "log_loss(labels=range(K))", scores, mean_loss},
    {"brier", "brier_score_loss(labels=range(K))", scores, sklearn_brier},
});
constexpr auto sklearn_refusals = std::to_array<peer_refusal>({
    {"ece", "sklearn has the bins of calibration_curve (reliability.top_label), but no error over them"},
});

constexpr auto verified_calibration = std::to_array<peer_metric>({
    {"ece", "get_ece", top_label, top_label_l1},
    {"adaptive_ece", "get_ece_em", confidences, verified_equal_mass},
    {"rmsce", "get_top_calibration_error(p=2, debias=False)", confidences_and_rows, verified_l2},
    {"ece_l2_debiased", "get_top_calibration_error(p=2, debias=True)", confidences_and_rows, verified_debiased_l2},
    {"classwise_ece", "get_ece(mode=\"marginal\")", classes, classwise_mean},
});

constexpr auto gce = std::to_array<peer_metric>({
    {"ece", "ece", top_label, top_label_l1_of_binned},
    {"adaptive_ece", "gce(\"adaptive\", max_prob=True, class_conditional=False, norm=\"l1\")", confidences,
     gce_adaptive_l1},
    {"rmsce", "rmsce", confidences, gce_adaptive_l2},
    {"classwise_ece", "sce", classes, classwise_mean_of_binned},
    {"ace", "ace", rows, gce_adaptive_classwise},
    {"tace", "tace(threshold=0.01)", rows, gce_thresholded_classwise},
});
constexpr auto gce_refusals = std::to_array<peer_refusal>({
    {"sweep_ece", "gce puts the rows of the largest confidence into a bin of their own there: leave out --peer for it"},
});

constexpr auto kull = std::to_array<peer_metric>({
    {"accuracy", "1 - err", nothing, accuracy_of_rows},
    {"ece", "ECE", top_label, top_label_l1},
    {"mce", "MCE", top_label, top_label_max},
    {"classwise_ece", "cwECE / K", classes, classwise_mean},
    {"classwise_ece_sum", "cwECE", classes, classwise_sum},
    {"log_loss", "loss", scores, mean_loss},
    {"brier", "Brier", scores, brier_mean},
});

constexpr auto pycalib = std::to_array<peer_metric>({
    {"accuracy", "accuracy", nothing, accuracy_of_rows},
    {"ece", "conf_ECE", top_label, top_label_l1},
    {"mce", "conf_MCE", top_label, top_label_max},
    {"classwise_ece", "classwise_ECE", classes, classwise_mean},
    {"log_loss", "cross_entropy", scores, mean_loss},
    {"brier", "brier_score", scores, brier_mean},
});

constexpr auto relplot = std::to_array<peer_metric>({
    {"ece", "metrics.binnedECE", top_label, top_label_l1},
    {"smooth_ece", "smECE", confidences, relplot_smooth},
});

constexpr auto mapie = std::to_array<peer_metric>({
    {"ece", "expected_calibration_error(correct, confidence)", top_label, top_label_l1_of_binned},
    {"top_label_conditional_ece", "top_label_ece", predicted, mapie_top_label},
    {"classwise_ece", "expected_calibration_error(classwise=True)", classes, classwise_mean_of_binned},
});

constexpr auto wenger = std::to_array<peer_metric>({
    {"accuracy", "accuracy", nothing, accuracy_of_rows},
    {"ece", "expected_calibration_error", confidences, wenger_ece},
});

constexpr auto torch_uncertainty = std::to_array<peer_metric>({
    {"ece", "CalibrationError(norm=\"l1\")", top_label, top_label_l1},
    {"rmsce", "CalibrationError(norm=\"l2\")", top_label, top_label_l2},
    {"mce", "CalibrationError(norm=\"max\")", top_label, top_label_max},
    {"adaptive_ece", "AdaptiveCalibrationError", confidences, torch_uncertainty_equal_mass},
    {"classwise_ece", "ClasswiseCalibrationError", classes, classwise_mean},
    {"classwise_ece_sum", "ClasswiseCalibrationError(reduction=\"sum\")", classes, classwise_sum},
    {"smooth_ece", "SmoothCalibrationError", confidences, torch_uncertainty_smooth},
    {"aurc", "AURC", confidences, torch_uncertainty_aurc},
    {"augrc", "AUGRC", confidences, torch_uncertainty_augrc},
    {"log_loss", "CategoricalNLL", scores, mean_loss},
    {"brier", "BrierScore", scores, brier_sum},
});

constexpr auto temperature_scaling = std::to_array<peer_metric>({
    {"ece", "_ECELoss", top_label, top_label_l1},
});

constexpr auto reliability_diagrams = std::to_array<peer_metric>({
    {"ece", "compute_calibration()[\"expected_calibration_error\"]", top_label, top_label_l1_of_binned},
    {"mce", "compute_calibration()[\"max_calibration_error\"]", top_label, top_label_max},
});

constexpr auto table = std::to_array<peer_entry>({
    {.name = "torchmetrics",
     .package = "torchmetrics",
     .version = "1.9.0",
     .bin_text = "[lo, hi) of torch.linspace(0, 1, n + 1) in float32",
     .at_zero = "first bin",
     .at_one = "a bin of its own",
     .differences =
         "Confidences and edges are rounded to float32, which moves numbers such as 0.3, 0.6 and 0.7 across an edge. "
         "Confidences of exactly 1 are binned alone. The debiased error keeps the whole squared gap of a bin of one "
         "row. "
         "With two classes the task is still the top label; its binary task asks about the second class instead.",
     .default_bins = 15,
     .default_class_bins = 15,
     .positive_class = false,
     .values = peer_values::float32,
     .clip = peer_clip::none,
     .top_label_rule = any_type<peer_bins::torchmetrics>,
     .class_rule = any_type<peer_bins::torchmetrics>,
     .count_rule = nullptr,
     .metrics = torchmetrics,
     .refusals = {}},
    {.name = "netcal",
     .package = "netcal",
     .version = "1.4.0",
     .bin_text = "[lo, hi) of linspace(0, 1, n + 1), the last closed",
     .at_zero = "first bin, as eps",
     .at_one = "last bin, as 1 - eps",
     .differences =
         "Confidences are clipped into [eps, 1 - eps], eps the machine epsilon of their type. With two classes the "
         "confidence is the probability of the second class. Its ACE is the unweighted mean gap of the bins that hold "
         "rows, "
         "another quantity than ACE of Nixon et al. The package takes the number of classes from the labels that "
         "occur; "
         "here it is the number of columns. Of float32 scores the means are by edges rounded to float32 and the "
         "numbers of rows by float64 edges.",
     .default_bins = 10,
     .default_class_bins = 10,
     .positive_class = true,
     .values = peer_values::clipped,
     .clip = peer_clip::none,
     .top_label_rule = by_type<peer_bins::closed_last_float32, peer_bins::closed_last>,
     .class_rule = any_type<peer_bins::closed_last>,
     .count_rule = peer_bins::closed_last,
     .metrics = netcal,
     .refusals = {}},
    {.name = "sklearn",
     .package = "scikit-learn",
     .version = "1.9.1",
     .bin_text = "(lo, hi] of linspace(0, 1, n + 1)",
     .at_zero = "first bin",
     .at_one = "last bin",
     .differences = "The log loss clips probabilities into [eps, 1 - eps], eps the machine epsilon of their type. The "
                    "Brier score of two "
                    "classes is half the sum over classes. There is a binary calibration_curve and no calibration "
                    "error; the reliability "
                    "diagram has its bins, with two classes about the second, otherwise about the top label.",
     .default_bins = 5,
     .default_class_bins = 5,
     .positive_class = true,
     .values = peer_values::as_stored,
     .clip = peer_clip::epsilon,
     .top_label_rule = any_type<peer_bins::upper_closed>,
     .class_rule = any_type<peer_bins::upper_closed>,
     .count_rule = nullptr,
     .metrics = sklearn,
     .refusals = sklearn_refusals},
    {.name = "verified_calibration",
     .package = "uncertainty-calibration",
     .version = "0.1.4",
     .bin_text = "(lo, hi] of j / n",
     .at_zero = "first bin",
     .at_one = "last bin",
     .differences = "rmsce and ece_l2_debiased are over bins of equal mass, or over one bin per distinct value where "
                    "every class has fewer "
                    "than a quarter as many distinct values as there are rows. Edges of equal mass are halves of "
                    "neighbours, in the type of the scores.",
     .default_bins = 15,
     .default_class_bins = 15,
     .positive_class = false,
     .values = peer_values::as_stored,
     .clip = peer_clip::none,
     .top_label_rule = any_type<peer_bins::upper_closed_quotients>,
     .class_rule = any_type<peer_bins::upper_closed_quotients>,
     .count_rule = nullptr,
     .metrics = verified_calibration,
     .refusals = {}},
    {.name = "gce",
     .package = "robustness_metrics, uncertainty-metrics",
     .version = "2025-04, 0.0.81",
     .bin_text = "[lo, hi) of linspace(0, 1, n + 1)",
     .at_zero = "left out: only probabilities above the threshold count",
     .at_one = "a bin of its own; in bins of equal mass the last",
     .differences =
         "Class-wise errors are over the rows whose probability of the class is above the threshold (0, for tace "
         "0.01). Bins of "
         "equal mass start at the values of rank round(i n / B), so ties go up; robustness_metrics also bins 1 alone "
         "there. rmsce is over bins of equal mass; "
         "uncertainty-metrics 0.0.81 squares the weights too and chooses 100 rows a bin, which is not followed.",
     .default_bins = 30,
     .default_class_bins = 30,
     .positive_class = false,
     .values = peer_values::as_stored,
     .clip = peer_clip::none,
     .top_label_rule = any_type<peer_bins::gce>,
     .class_rule = any_type<peer_bins::gce>,
     .count_rule = nullptr,
     .metrics = gce,
     .refusals = gce_refusals},
    {.name = "kull",
     .package = "tables of Kull et al. (2019)",
     .version = "dirichletcal, experiments_dnn",
     .bin_text = "(lo, hi] of arange(1/n, 1 + 1/n, 1/n); classes [lo, hi) of linspace(0, 1, n)",
     .at_zero = "first bin",
     .at_one = "last bin; of classes a bin of its own",
     .differences = "The class-wise error has n - 1 equal bins and one for p = 1, and is printed as the sum over "
                    "classes; classwise_ece is that "
                    "sum divided by K. The Brier score is divided by K. The log loss clips at 1e-15.",
     .default_bins = 15,
     .default_class_bins = 15,
     .positive_class = false,
     .values = peer_values::as_stored,
     .clip = peer_clip::tenth_to_fifteenth,
     .top_label_rule = any_type<peer_bins::pycalib_confidence>,
     .class_rule = any_type<peer_bins::kull_classwise>,
     .count_rule = nullptr,
     .metrics = kull,
     .refusals = {}},
    {.name = "pycalib",
     .package = "pycalib (PyCalib)",
     .version = "0.1.0.dev6",
     .bin_text = "(lo, hi] of arange(1/n, 1 + 1/n, 1/n); classes [lo, hi) of linspace(0, 1 + 1e-8, n + 1)",
     .at_zero = "first bin",
     .at_one = "last bin, for some n none",
     .differences = "Edges of the confidence metrics miss their neighbours by rounding, so that a number on an edge "
                    "may count in two bins or in "
                    "none; n = 49 has 50 bins. Class-wise edges are stretched by 1e-8. The Brier score is divided by "
                    "K. The log loss is scikit-learn's.",
     .default_bins = 15,
     .default_class_bins = 15,
     .positive_class = false,
     .values = peer_values::as_stored,
     .clip = peer_clip::epsilon,
     .top_label_rule = any_type<peer_bins::pycalib_confidence>,
     .class_rule = any_type<peer_bins::pycalib_classwise>,
     .count_rule = nullptr,
     .metrics = pycalib,
     .refusals = {}},
    {.name = "relplot",
     .package = "relplot",
     .version = "1.0.3",
     .bin_text = "floor(p / (1/n))",
     .at_zero = "first bin",
     .at_one = "a bin of its own, where n (1/n) = 1",
     .differences = "smooth_ece is on a grid of at least 1001 points, its kernel is cut half a unit from its middle, "
                    "its mean is weighted with "
                    "the smoothed density plus 1e-4, and its width is found by ten bisections.",
     .default_bins = 10,
     .default_class_bins = 10,
     .positive_class = false,
     .values = peer_values::as_stored,
     .clip = peer_clip::none,
     .top_label_rule = by_type<peer_bins::relplot_float32, peer_bins::relplot_float64>,
     .class_rule = by_type<peer_bins::relplot_float32, peer_bins::relplot_float64>,
     .count_rule = nullptr,
     .metrics = relplot,
     .refusals = {}},
    {.name = "mapie",
     .package = "mapie",
     .version = "1.6.0",
     .bin_text = "(lo, hi] of linspace(0, 1, n): n edges, so n - 1 bins of equal width",
     .at_zero = "a bin of its own",
     .at_one = "last bin",
     .differences = "The number of bins counts edges. top_label_conditional_ece is the unweighted mean over the "
                    "classes that are predicted.",
     .default_bins = 50,
     .default_class_bins = 50,
     .positive_class = false,
     .values = peer_values::as_stored,
     .clip = peer_clip::none,
     .top_label_rule = any_type<peer_bins::mapie>,
     .class_rule = any_type<peer_bins::mapie>,
     .count_rule = nullptr,
     .metrics = mapie,
     .refusals = {}},
    {.name = "wenger",
     .package = "pycalib (Wenger et al. 2020)",
     .version = "2022-02",
     .bin_text = "[lo, hi) of linspace(1/K, 1, n + 1), the last closed; K the number of classes that are a label or a "
                 "prediction",
     .at_zero = "no bin",
     .at_one = "last bin",
     .differences =
         "Accuracy in a bin is compared with a fixed point, not with the mean confidence of its rows; the points start "
         "half a bin of "
         "[0, 1] above 1/K and are not the middles of the bins. Its reliability diagram here has bins of [0, 1].",
     .default_bins = 100,
     .default_class_bins = 100,
     .positive_class = false,
     .values = peer_values::as_stored,
     .clip = peer_clip::none,
     .top_label_rule = any_type<peer_bins::closed_last>,
     .class_rule = any_type<peer_bins::closed_last>,
     .count_rule = nullptr,
     .metrics = wenger,
     .refusals = {}},
    {.name = "torch_uncertainty",
     .package = "torch-uncertainty",
     .version = "0.13.0",
     .bin_text = "[lo, hi) of torch.linspace(0, 1, n + 1): top label in float32, classes in the type of the scores",
     .at_zero = "first bin",
     .at_one = "a bin of its own",
     .differences = "As torchmetrics, on which it is built. adaptive_ece is its ACE: chunks of rows in order of "
                    "confidence, which split ties. "
                    "smooth_ece is with a kernel on logits, another quantity than with a reflected one. aurc and augrc "
                    "are trapezoids from "
                    "coverage 1/n on. The log loss is not clipped.",
     .default_bins = 10,
     .default_class_bins = 15,
     .positive_class = false,
     .values = peer_values::float32,
     .clip = peer_clip::none,
     .top_label_rule = any_type<peer_bins::torchmetrics>,
     .class_rule = by_type<peer_bins::torchmetrics, peer_bins::torchmetrics_float64>,
     .count_rule = nullptr,
     .metrics = torch_uncertainty,
     .refusals = {}},
    {.name = "temperature_scaling",
     .package = "temperature_scaling (Guo et al. 2017)",
     .version = "2025-07",
     .bin_text = "(lo, hi] of torch.linspace(0, 1, n + 1) in float32",
     .at_zero = "no bin",
     .at_one = "last bin",
     .differences = "Confidences are rounded to float32. Rows in no bin still count in the number of rows.",
     .default_bins = 15,
     .default_class_bins = 15,
     .positive_class = false,
     .values = peer_values::float32,
     .clip = peer_clip::none,
     .top_label_rule = any_type<peer_bins::temperature_scaling>,
     .class_rule = any_type<peer_bins::temperature_scaling>,
     .count_rule = nullptr,
     .metrics = temperature_scaling,
     .refusals = {}},
    {.name = "reliability_diagrams",
     .package = "reliability-diagrams (Hollance)",
     .version = "2022-02",
     .bin_text = "(lo, hi] of linspace(0, 1, n + 1)",
     .at_zero = "no bin",
     .at_one = "last bin",
     .differences = "Rows in no bin do not count in the number of rows.",
     .default_bins = 10,
     .default_class_bins = 10,
     .positive_class = false,
     .values = peer_values::as_stored,
     .clip = peer_clip::none,
     .top_label_rule = any_type<peer_bins::without_zero>,
     .class_rule = any_type<peer_bins::without_zero>,
     .count_rule = nullptr,
     .metrics = reliability_diagrams,
     .refusals = {}},
});

}  // namespace

std::span<const peer_entry> peer_table() noexcept { return table; }

}  // namespace calibrant::detail
