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
                 "Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017", true, of_top_label<expected_calibration_error>},
    metric_entry{"ece_l2_debiased", "ECE L2, debiased",
                 "The same with squared gaps, corrected for the noise of small bins",
                 "sqrt(max(0, sum_b (W_b/W) [(conf_b - acc_b)^2 - acc_b (1 - acc_b)/(n_b - 1)]))", "probability",
                 "[0, 1]", lower, top_label, "Kumar, Liang and Ma 2019", true, of_top_label<debiased_calibration_error>,
                 needs_hard_labels},
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
    metric_entry{"top_label_conditional_ece", "ECE by predicted class",
                 "The ECE when each predicted class is judged on its own", "sum_k sum_b (W_kb/W) |conf_kb - acc_kb|",
                 "probability", "[0, 1]", lower, top_label, "Gupta and Ramdas 2022", true,
                 of_top_label<top_label_conditional_error>, needs_predicted_class},
};

}  // namespace

std::span<const metric_entry> binned_metrics() noexcept { return entries; }

}  // namespace calibrant::detail
