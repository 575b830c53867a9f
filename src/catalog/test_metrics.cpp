#include "catalog/detail/families.hpp"

#include <array>

#include <calibrant/metrics/kernel_calibration_error.hpp>
#include <calibrant/metrics/kernel_density_error.hpp>
#include <calibrant/metrics/multinomial_hosmer_lemeshow.hpp>
#include <calibrant/metrics/spiegelhalter_z.hpp>
#include <calibrant/metrics/t_cal.hpp>

#include "catalog/detail/adapters.hpp"

namespace calibrant::detail {
namespace {

using enum metric_direction;
using enum panel_part;

estimate of_spiegelhalter(const panel_state& s, const metric_options& o) {
  return s.parts.contain(confidence_scores) ? spiegelhalter_z(s.top_label, s.scores, o)
                                            : estimate::none(unmeasured_reason);
}

estimate of_pairs(const panel_state& s, const metric_options& o) {
  return s.parts.contain(kernel_pairs) ? kernel_calibration_error(s.kernel_pairs, o) : estimate::none(no_rows_reason);
}

constexpr std::array entries = {
    metric_entry{
        "spiegelhalter_z", "Spiegelhalter z", "A test of calibration: within about -2 to 2 if calibrated",
        "sum w (a - c)(1 - 2c) / sqrt(sum w (1 - 2c)^2 c (1 - c))", "z", "(-inf, inf)", zero,
        top_label | confidence_scores, "Spiegelhalter 1986", true, of_spiegelhalter,
        R"(\frac{\sum_i w_i (a_i - c_i)(1 - 2 c_i)}{\sqrt{\sum_i w_i (1 - 2 c_i)^2 \, c_i (1 - c_i)}})",
        "Importance weights are squared under the root. Rows at c = 1/2 weigh nothing and errors of opposite sign "
        "cancel, so it is never the only evidence of calibration. No value where every confidence is 1/2 or 1.",
        needs_hard_labels},
    metric_entry{
        "skce", "SKCE (kernel error)", "Is the whole vector of probabilities right? A test without bins",
        "mean over pairs of rows of exp(-||p - q||) (e_y - p)^T (e_z - q)", "score", "[-2, 2]", lower, kernel_pairs,
        "Widmann, Lindsten and Zachariah 2019", true, of_pairs,
        R"(\frac{1}{\lfloor n/2 \rfloor} \sum_j e^{-\lVert p_{2j} - p_{2j+1} \rVert} (e_{y_{2j}} - p_{2j})^{\mathsf T} (e_{y_{2j+1}} - p_{2j+1}))",
        "Pairs are rows 2j and 2j + 1 of one file. It estimates a square without bias, so it may be negative. No "
        "value with weights, with soft labels or from a state file, which does not keep rows.",
        needs_hard_labels},
    metric_entry{
        "skce_unbiased", "SKCE over all pairs", "The same over all pairs of rows: less noise, but n^2 / 2 terms",
        "mean over i < j of exp(-||p_i - p_j||) (e_y - p_i)^T (e_z - p_j)", "score", "[-2, 2]", lower, row_scores,
        "Widmann, Lindsten and Zachariah 2019", false, of_rows<unbiased_kernel_calibration_error>,
        R"(\frac{2}{n (n - 1)} \sum_{i < j} e^{-\lVert p_i - p_j \rVert} (e_{y_i} - p_i)^{\mathsf T} (e_{y_j} - p_j))",
        "Interval and p-value hold for any distribution and any n, so they are wide. No value where n^2 K is above "
        "2e9, with weights that are not numbers of rows, or from a state file, which keeps no rows.",
        needs_hard_labels},
    metric_entry{
        "kde_canonical_error", "Canonical error (density)",
        "How far are the probabilities from the shares of labels among rows of similar probabilities?",
        "(1/n) sum_j ||f_j - p_j||_1, f_j the shares of labels weighted by Dirichlet densities of the other rows",
        "probability", "[0, 2]", lower, row_scores, "Popordanoska, Sayer and Blaschko 2022", false,
        of_rows<kernel_density_error>,
        R"(\frac{1}{n} \sum_j \lVert f_j - p_j \rVert_1,\quad f_j = \frac{\sum_{i \neq j} k(p_j; p_i)\, e_{y_i}}{\sum_{i \neq j} k(p_j; p_i)},\; k(x; q) = \mathrm{Dir}(x; q/h + 1))",
        "Biased upward, since the shares have noise of their own. The width h (detail bandwidth) is chosen by the "
        "likelihood of left-out rows. No value where n^2 K is above 2e9, with weights that are not numbers of rows, "
        "or from a state file, which keeps no rows.",
        needs_hard_labels | needs_seed},
    metric_entry{
        "t_cal", "T-Cal", "A test of calibration that chooses its own number of bins: about 0 if calibrated",
        "(1/n) sum_I (1/n_I) [(sum_I (a_i - c_i))^2 - sum_I (a_i - c_i)^2], I of width 1/m", "score", "[-1, 1]", lower,
        confidences, "Lee, Huang, Hassani and Dobriban 2023", false, of_sorted<t_cal>,
        R"(T_m = \frac{1}{n} \sum_{I} \frac{1}{n_I} \Bigl[\bigl(\sum_{i \in I} (a_i - c_i)\bigr)^2 - \sum_{i \in I} (a_i - c_i)^2\Bigr],\quad m = 2, 4, 8, \dots \le n)",
        "Unbiased, so it may be negative. Of the m the one with the smallest p-value is shown (detail cells); the "
        "p-value accounts for the choice, by 1,000 draws of the labels from the confidences. No value with weights "
        "that are not numbers of rows, or where confidences are kept in micro-bins.",
        needs_hard_labels | needs_seed | biased},
    metric_entry{
        "hosmer_lemeshow_multinomial", "Hosmer-Lemeshow, multinomial", "The Hosmer-Lemeshow test over all classes",
        "sum_g sum_k (O_gk - E_gk)^2 / E_gk, 10 groups of equal mass by 1 - p of the likeliest class", "chi-square",
        "[0, inf)", lower, row_scores, "Fagerland, Hosmer and Bofin 2008", false, of_rows<multinomial_hosmer_lemeshow>,
        R"(\sum_g \sum_k \frac{(O_{gk} - E_{gk})^2}{E_{gk}})",
        "The likeliest class is that of the largest mean probability. The p-value is that of 1,000 draws of the labels "
        "from the probabilities: the usual chi-square is far too conservative. No value above 200,000 rows, with "
        "weights that are not numbers of rows, or from a state file, which keeps no rows.",
        needs_hard_labels | needs_seed},
};

}  // namespace

std::span<const metric_entry> test_metrics() noexcept { return entries; }

}  // namespace calibrant::detail
