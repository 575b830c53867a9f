#include "catalog/detail/families.hpp"

#include <array>

#include <calibrant/metrics/adaptive_calibration_error.hpp>
#include <calibrant/metrics/corp_decomposition.hpp>
#include <calibrant/metrics/hosmer_lemeshow.hpp>
#include <calibrant/metrics/kolmogorov_smirnov_error.hpp>
#include <calibrant/metrics/maximum_mean_calibration_error.hpp>
#include <calibrant/metrics/smooth_calibration_error.hpp>
#include <calibrant/metrics/sweep_calibration_error.hpp>

#include "catalog/detail/adapters.hpp"

namespace calibrant::detail {
namespace {

using enum metric_direction;
using enum panel_part;

constexpr std::array entries = {
    metric_entry{
        "adaptive_ece", "ECE, equal mass", "The ECE over bins that hold equally many rows",
        "sum_b (W_b/W) |conf_b - acc_b|, b of equal mass", "probability", "[0, 1]", lower, confidences,
        "Nguyen and O'Connor 2015", true, of_sorted<adaptive_calibration_error>,
        R"(\sum_{b} \frac{W_b}{W} \left|\mathrm{conf}_b - \mathrm{acc}_b\right|,\quad W_b \approx W/B)",
        "Equal confidences are never split: edges that coincide are one, and the detail non_empty_bins says how many "
        "bins were left. "
        "The value of a sample is biased upward, as that of ece.",
        biased},
    metric_entry{
        "adaptive_rmsce", "RMSCE, equal mass", "The same with squared gaps: large gaps count more",
        "sqrt(sum_b (W_b/W) (conf_b - acc_b)^2), b of equal mass", "probability", "[0, 1]", lower, confidences,
        "Nguyen and O'Connor 2015", false, of_sorted<adaptive_root_mean_square_error>,
        R"(\sqrt{\sum_{b} \frac{W_b}{W} (\mathrm{conf}_b - \mathrm{acc}_b)^2},\quad W_b \approx W/B)",
        "Equal confidences are never split: edges that coincide are one, and the detail non_empty_bins says how many "
        "bins were left. "
        "Never below adaptive_ece.",
        biased | undivided},
    metric_entry{
        "adaptive_ece_l2_debiased", "ECE L2, equal mass, debiased", "The same, corrected for the noise of small bins",
        "sqrt(max(0, sum_b (W_b/W) [(conf_b - acc_b)^2 - acc_b (1 - acc_b)/(n_b - 1)])), b of equal mass",
        "probability", "[0, 1]", lower, confidences, "Kumar, Liang and Ma 2019", false,
        of_sorted<adaptive_debiased_error>,
        R"(\sqrt{\max\left(0,\; \sum_{b} \frac{W_b}{W} \left[(\mathrm{conf}_b - \mathrm{acc}_b)^2 - \frac{\mathrm{acc}_b (1 - \mathrm{acc}_b)}{n_b - 1}\right]\right)},\quad W_b \approx W/B)",
        "Bins with fewer than two rows add 0. Below 0 the square counts as 0; the detail signed_square keeps its "
        "sign.",
        needs_hard_labels | biased | undivided},
    metric_entry{
        "sweep_ece", "ECE, monotone sweep",
        "The ECE over as many bins of equal mass as keep accuracy rising with confidence",
        "sum_b (W_b/W) |conf_b - acc_b|, the most bins of equal mass with non-decreasing acc_b", "probability",
        "[0, 1]", lower, confidences, "Roelofs et al. 2022", true, of_sorted<sweep_calibration_error>,
        R"(\sum_{b=1}^{B^*} \frac{W_b}{W} \left|\mathrm{conf}_b - \mathrm{acc}_b\right|,\quad W_b \approx W/B^*,\; B^* = \max\{B : \mathrm{acc}_1 \le \dots \le \mathrm{acc}_{B\prime} \text{ for all } B\prime \le B\})",
        "The detail bins is the number found: at most the rows less one, and at most 65,536. It depends on the labels, "
        "so no interval of tested coverage is known.",
        biased},
    metric_entry{
        "sweep_rmsce", "RMSCE, monotone sweep", "The same with squared gaps: large gaps count more",
        "sqrt(sum_b (W_b/W) (conf_b - acc_b)^2), bins as in sweep_ece", "probability", "[0, 1]", lower, confidences,
        "Roelofs et al. 2022", false, of_sorted<sweep_root_mean_square_error>,
        R"(\sqrt{\sum_{b=1}^{B^*} \frac{W_b}{W} (\mathrm{conf}_b - \mathrm{acc}_b)^2})",
        "The detail bins is the number found: at most the rows less one, and at most 65,536. It depends on the labels, "
        "so no interval of tested coverage is known. Never below sweep_ece.",
        biased},
    metric_entry{"ks_error", "KS error", "How far do promised and actual hits drift apart, at worst, without any bins?",
                 "max_j |(1/W) sum_{c_i <= c_j} w_i (c_i - a_i)|", "probability", "[0, 1]", lower, confidences,
                 "Gupta et al. 2021", true, of_sorted<kolmogorov_smirnov_error>,
                 R"(\max_j \left|\frac{1}{W} \sum_{i \,:\, c_i \le c_j} w_i (c_i - a_i)\right|)",
                 "Rows of equal confidence go together, so their order does not matter. Neighbouring gaps of opposite "
                 "sign cancel. Where the store of confidences is bounded, it misses at most the largest share of one "
                 "of its micro-bins.",
                 biased | undivided},
    metric_entry{
        "kuiper_error", "Kuiper error", "The same, and how far they drift back again",
        "max_j D_j - min_j D_j, D_j = (1/W) sum_{c_i <= c_j} w_i (c_i - a_i), D_0 = 0", "probability", "[0, 1]", lower,
        confidences, "Arrieta-Ibarra et al. 2022", false, of_sorted<kuiper_error>,
        R"(\max_j D_j - \min_j D_j,\quad D_j = \frac{1}{W} \sum_{i \,:\, c_i \le c_j} w_i (c_i - a_i),\; D_0 = 0)",
        "Rows of equal confidence go together. Never below ks_error, and at most twice it.", biased | undivided},
    metric_entry{"smooth_ece", "Smooth ECE", "How far is confidence from accuracy, smoothed instead of binned?",
                 "the s at which integral |(1/W) sum_i w_i (a_i - c_i) G_s(t, c_i)| dt = s, G_s a reflected Gaussian",
                 "probability", "[0, 1]", lower, confidences, "Błasiok and Nakkiran 2024", true,
                 of_sorted<smooth_calibration_error>,
                 R"(s = \int_0^1 \left|\frac{1}{W} \sum_i w_i (a_i - c_i)\, G_s(t, c_i)\right| dt)",
                 "G_s is the Gaussian of width s, reflected at 0 and 1; the width is the error itself. Solved to 1e-7. "
                 "Never below the absolute confidence_gap.",
                 biased | undivided},
    metric_entry{
        "mmce", "MMCE", "How far is confidence from accuracy, by the products of all pairs of rows nearby?",
        "sqrt((1/W^2) sum_ij w_i w_j (c_i - a_i)(c_j - a_j) exp(-|c_i - c_j|/0.4))", "probability", "[0, 1]", lower,
        confidences, "Kumar, Sarawagi and Jain 2018", false, of_sorted<maximum_mean_calibration_error>,
        R"(\sqrt{\frac{1}{W^2} \sum_{i,j} w_i w_j (c_i - a_i)(c_j - a_j)\, e^{-|c_i - c_j| / 0.4}})",
        "Pairs of a row with itself are in the sum, so a sample of a calibrated model has a value above 0: see what "
        "is expected of it.",
        biased | undivided},
    metric_entry{"corp_miscalibration", "CORP miscalibration",
                 "How much of the top-label Brier score would the best monotone recalibration save?",
                 "(1/W) sum w (c - a)^2 - (1/W) sum w (f(c) - a)^2, f isotonic regression", "score", "[0, 1]", lower,
                 confidences, "Dimitriadis, Gneiting and Jordan 2021", false, of_sorted<corp_miscalibration>,
                 R"(\frac{1}{W} \sum_i w_i \left[(c_i - a_i)^2 - (f(c_i) - a_i)^2\right])",
                 "f is the isotonic regression of hits on confidences, fitted to the same rows. Top-label score = "
                 "corp_miscalibration - corp_discrimination + corp_uncertainty; it is the detail score.",
                 biased},
    metric_entry{
        "corp_discrimination", "CORP discrimination", "How well does confidence tell right from wrong?",
        "acc (1 - acc) - (1/W) sum w (f(c) - a)^2", "score", "[0, 0.25]", higher, confidences,
        "Dimitriadis, Gneiting and Jordan 2021", false, of_sorted<corp_discrimination>,
        R"(\mathrm{acc} (1 - \mathrm{acc}) - \frac{1}{W} \sum_i w_i (f(c_i) - a_i)^2)",
        "0 where no level of confidence is right more often than another. Fitted to the same rows, so a sample "
        "flatters it.",
        biased},
    metric_entry{"corp_uncertainty", "CORP uncertainty", "What would the score be if confidence were the accuracy?",
                 "acc (1 - acc)", "score", "[0, 0.25]", none, confidences, "Dimitriadis, Gneiting and Jordan 2021",
                 false, of_sorted<corp_uncertainty>, R"(\mathrm{acc} (1 - \mathrm{acc}))",
                 "Depends on the accuracy alone."},
    metric_entry{
        "hosmer_lemeshow", "Hosmer-Lemeshow", "A test of calibration: about the number of groups if calibrated",
        "sum_b (A_b - C_b)^2 / (C_b (1 - C_b/n_b)), 10 groups of equal mass", "chi-square", "[0, inf)", lower,
        confidences, "Hosmer and Lemeshow 1980", false, of_sorted<hosmer_lemeshow>,
        R"(\sum_b \frac{(A_b - C_b)^2}{C_b (1 - C_b / n_b)},\quad n_b \approx n/10)",
        "A group whose mean confidence is 0 or 1 joins its neighbour; no value where every confidence is. One degree "
        "of freedom per group, because the rows are not those that the model was fitted to. Where a group expects only "
        "a few right or wrong rows (detail fewest_expected, say below 5) the p-value is too small too often.",
        needs_hard_labels | biased},
};

}  // namespace

std::span<const metric_entry> sorted_metrics() noexcept { return entries; }

}  // namespace calibrant::detail
