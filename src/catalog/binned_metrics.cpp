#include "catalog/detail/families.hpp"

#include <array>

#include <calibrant/metrics/debiased_calibration_error.hpp>
#include <calibrant/metrics/expected_calibration_error.hpp>
#include <calibrant/metrics/over_underconfidence.hpp>
#include <calibrant/metrics/top_label_conditional_error.hpp>

#include "catalog/detail/adapters.hpp"

namespace calibrant::detail {
namespace {

using enum metric_direction;
using enum panel_part;

constexpr std::array entries = {
    metric_entry{"ece", "ECE (top label)", "How far is confidence from accuracy, on average over confidence levels?",
                 "sum_b (W_b/W) |conf_b - acc_b|", "probability", "[0, 1]", lower, top_label,
                 "Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017", true, of_top_label<expected_calibration_error>,
                 R"(\sum_b \frac{W_b}{W} \left|\mathrm{conf}_b - \mathrm{acc}_b\right|)",
                 "Empty bins add nothing. c = 1 is in the last bin. The value of a sample is biased upward, so compare "
                 "it with what is expected of a calibrated model, not with 0; the detail floor_95 is the value that "
                 "such a model exceeds once in twenty.",
                 biased},
    metric_entry{
        "ece_l2_debiased", "ECE L2, debiased", "The same with squared gaps, corrected for the noise of small bins",
        "sqrt(max(0, sum_b (W_b/W) [(conf_b - acc_b)^2 - acc_b (1 - acc_b)/(n_b - 1)]))", "probability", "[0, 1]",
        lower, top_label, "Kumar, Liang and Ma 2019", true, of_top_label<debiased_calibration_error>,
        R"(\sqrt{\max\left(0,\; \sum_b \frac{W_b}{W} \left[(\mathrm{conf}_b - \mathrm{acc}_b)^2 - \frac{\mathrm{acc}_b (1 - \mathrm{acc}_b)}{n_b - 1}\right]\right)})",
        "Bins with fewer than two rows add 0. Below 0 the square counts as 0; the detail signed_square keeps its "
        "sign.",
        needs_hard_labels | biased | undivided},
    metric_entry{"rmsce", "RMSCE (ECE L2)", "The same with squared gaps: large gaps count more",
                 "sqrt(sum_b (W_b/W) (conf_b - acc_b)^2)", "probability", "[0, 1]", lower, top_label,
                 "Kumar, Liang and Ma 2019", true, of_top_label<root_mean_square_calibration_error>,
                 R"(\sqrt{\sum_b \frac{W_b}{W} (\mathrm{conf}_b - \mathrm{acc}_b)^2})",
                 "Empty bins add nothing. Never below ece.", biased | undivided},
    metric_entry{
        "ece_lp", "ECE Lp", "The same with gaps to the power p", "(sum_b (W_b/W) |conf_b - acc_b|^p)^(1/p)",
        "probability", "[0, 1]", lower, top_label, "Kumar, Liang and Ma 2019", false,
        of_top_label<lp_calibration_error>,
        R"(\left(\sum_b \frac{W_b}{W} \left|\mathrm{conf}_b - \mathrm{acc}_b\right|^p\right)^{1/p})",
        "p is the option --norm, real and at least 1. p = 1 is ece, p = 2 rmsce, and large p come close to mce.",
        biased},
    metric_entry{"mce", "MCE (largest gap)", "How wrong is the worst confidence level?", "max_b |conf_b - acc_b|",
                 "probability", "[0, 1]", lower, top_label, "Naeini, Cooper and Hauskrecht 2015", true,
                 of_top_label<maximum_calibration_error>,
                 R"(\max_{b \,:\, W_b > 0} \left|\mathrm{conf}_b - \mathrm{acc}_b\right|)",
                 "Empty bins do not take part. Weights of bins play no role, so a bin of a few rows can decide it: see "
                 "the interval.",
                 biased | undivided},
    metric_entry{"overconfidence", "Over-confidence", "The part of the ECE where the model promises too much",
                 "sum_b (W_b/W) max(conf_b - acc_b, 0)", "probability", "[0, 1]", lower, top_label, "", true,
                 of_top_label<overconfidence>, R"(\sum_b \frac{W_b}{W} \max(\mathrm{conf}_b - \mathrm{acc}_b,\, 0))",
                 "overconfidence + underconfidence = ece; their difference is confidence_gap.", biased},
    metric_entry{"underconfidence", "Under-confidence", "The part of the ECE where the model promises too little",
                 "sum_b (W_b/W) max(acc_b - conf_b, 0)", "probability", "[0, 1]", lower, top_label, "", true,
                 of_top_label<underconfidence>, R"(\sum_b \frac{W_b}{W} \max(\mathrm{acc}_b - \mathrm{conf}_b,\, 0))",
                 "overconfidence + underconfidence = ece; their difference is confidence_gap.", biased},
    metric_entry{"top_label_conditional_ece", "ECE by predicted class",
                 "The ECE when each predicted class is judged on its own", "sum_k sum_b (W_kb/W) |conf_kb - acc_kb|",
                 "probability", "[0, 1]", lower, top_label, "Gupta and Ramdas 2022", true,
                 of_top_label<top_label_conditional_error>,
                 R"(\sum_k \sum_b \frac{W_{kb}}{W} \left|\mathrm{conf}_{kb} - \mathrm{acc}_{kb}\right|)",
                 "Cells are over the rows predicted as class k; classes that are never predicted add nothing. Never "
                 "below ece of the same bins. The detail maximum is the largest gap of a cell.",
                 needs_predicted_class | biased},
};

}  // namespace

std::span<const metric_entry> binned_metrics() noexcept { return entries; }

}  // namespace calibrant::detail
