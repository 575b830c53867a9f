#include "catalog/detail/families.hpp"

#include <array>

#include <calibrant/metrics/adaptive_classwise_error.hpp>
#include <calibrant/metrics/classwise_calibration_error.hpp>
#include <calibrant/metrics/kolmogorov_smirnov_error.hpp>

#include "catalog/detail/adapters.hpp"

namespace calibrant::detail {
namespace {

using enum metric_direction;
using enum panel_part;

constexpr std::array entries = {
    metric_entry{"classwise_ece", "Class-wise ECE (mean)",
                 "Are the probabilities of every class right, not only of the predicted one?",
                 "(1/K) sum_k sum_b (W_bk/W) |mean p_k - freq_k|", "probability", "[0, 1]", lower, classwise,
                 "Kull et al. 2019; Nixon et al. 2019", true, of_classwise<classwise_calibration_error>,
                 R"(\frac{1}{K} \sum_k \sum_b \frac{W_{bk}}{W} \left|\overline{p}_{bk} - \mathrm{freq}_{bk}\right|)",
                 "Every row counts in every class, also classes without a row. The mean is over K classes, so with "
                 "many classes it is small by itself: compare it with what is expected of a calibrated model.",
                 biased},
    metric_entry{"classwise_ece_sum", "Class-wise ECE (sum)", "The same summed over classes",
                 "sum_k sum_b (W_bk/W) |mean p_k - freq_k|", "probability", "[0, 2]", lower, classwise,
                 "Kull et al. 2019", true, of_classwise<classwise_calibration_error_sum>,
                 R"(\sum_k \sum_b \frac{W_{bk}}{W} \left|\overline{p}_{bk} - \mathrm{freq}_{bk}\right|)",
                 "K times classwise_ece; some papers print this one.", biased},
    metric_entry{
        "ace", "ACE", "The same over ranges that hold equally many rows",
        "(1/K) sum_k sum_r (W_rk/W) |mean p_k - freq_k|, ranges r of equal mass", "probability", "[0, 1]", lower,
        class_values, "Nixon et al. 2019", true, of_class_values<adaptive_classwise_error>,
        R"(\frac{1}{K} \sum_k \sum_r \frac{W_{rk}}{W} \left|\overline{p}_{rk} - \mathrm{freq}_{rk}\right|)",
        "Ranges are weighted by their rows; equal probabilities stay together. Other packages call a top-label "
        "error ACE. Above 100,000,000 probabilities (see --exact-rows) ranges end at micro-bins, 1,024 a class; "
        "above 1,000 classes it is computed only when asked for.",
        biased},
    metric_entry{
        "tace", "TACE", "The same over probabilities that are not negligible (--min-probability)",
        "as ace, of the probabilities p_k > t", "probability", "[0, 1]", lower, class_values, "Nixon et al. 2019", true,
        of_class_values<thresholded_adaptive_classwise_error>,
        R"(\frac{1}{K} \sum_k \sum_r \frac{W_{rk}}{W_k} \left|\overline{p}_{rk} - \mathrm{freq}_{rk}\right| \text{ over } p_k > t)",
        "t is the option --min-probability, 0.01 by default; W_k is what is above it in class k. A class without "
        "such a probability adds 0.",
        biased},
    metric_entry{
        "classwise_ks", "Class-wise KS error",
        "How far do the promised and the actual shares of a class drift apart, at worst, without any bins?",
        "(1/K) sum_k max_j |(1/W) sum_{p_ik <= p_jk} w_i (p_ik - 1{y_i = k})|", "probability", "[0, 1]", lower,
        class_values, "Gupta et al. 2021", false, of_class_values<classwise_kolmogorov_smirnov_error>,
        R"(\frac{1}{K} \sum_k \max_j \left|\frac{1}{W} \sum_{i \,:\, p_{ik} \le p_{jk}} w_i \left(p_{ik} - \mathbf{1}\{y_i = k\}\right)\right|)",
        "Every row counts in every class. The detail maximum is the largest error of a class. Where the store is "
        "bounded, it misses at most the detail resolution.",
        biased | undivided},
    metric_entry{
        "classwise_ece_lp", "Class-wise ECE Lp", "The mean over classes with gaps to the power p (--norm)",
        "((1/K) sum_k sum_b (W_bk/W) |mean p_k - freq_k|^p)^(1/p)", "probability", "[0, 1]", lower, classwise,
        "Kumar, Liang and Ma 2019", false, of_classwise<lp_classwise_calibration_error>,
        R"(\Bigl(\frac{1}{K} \sum_k \sum_b \frac{W_{bk}}{W} \left|\overline{p}_{bk} - \mathrm{freq}_{bk}\right|^p\Bigr)^{1/p})",
        "The marginal calibration error of verified_calibration; with p = 1 it is classwise_ece.", biased},
    metric_entry{
        "classwise_ece_present", "Class-wise ECE, present classes",
        "The mean over the classes that occur among the labels", "mean of classwise_ece over k with freq_k > 0",
        "probability", "[0, 1]", lower, classwise, "Nixon et al. 2019", false,
        of_classwise<present_classwise_calibration_error>,
        R"(\frac{1}{|\mathcal{P}|} \sum_{k \in \mathcal{P}} \sum_b \frac{W_{bk}}{W} \left|\overline{p}_{bk} - \mathrm{freq}_{bk}\right|, \quad \mathcal{P} = \{k : k \text{ occurs among the labels}\})",
        "Classes without a label are left out, though their probabilities may be wrong. Equal to classwise_ece "
        "where every class occurs.",
        biased},
};

}  // namespace

std::span<const metric_entry> classwise_metrics() noexcept { return entries; }

}  // namespace calibrant::detail
