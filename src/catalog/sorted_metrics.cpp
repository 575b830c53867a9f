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
    metric_entry{"adaptive_ece", "ECE, equal mass", "The ECE over bins that hold equally many rows",
                 "sum_b (W_b/W) |conf_b - acc_b|, b of equal mass", "probability", "[0, 1]", lower, confidences,
                 "Nguyen and O'Connor 2015", true, of_sorted<adaptive_calibration_error>},
    metric_entry{"adaptive_rmsce", "RMSCE, equal mass", "The same with squared gaps: large gaps count more",
                 "sqrt(sum_b (W_b/W) (conf_b - acc_b)^2), b of equal mass", "probability", "[0, 1]", lower, confidences,
                 "Nguyen and O'Connor 2015", false, of_sorted<adaptive_root_mean_square_error>},
    metric_entry{"adaptive_ece_l2_debiased", "ECE L2, equal mass, debiased",
                 "The same, corrected for the noise of small bins",
                 "sqrt(max(0, sum_b (W_b/W) [(conf_b - acc_b)^2 - acc_b (1 - acc_b)/(n_b - 1)])), b of equal mass",
                 "probability", "[0, 1]", lower, confidences, "Kumar, Liang and Ma 2019", false,
                 of_sorted<adaptive_debiased_error>},
    metric_entry{"sweep_ece", "ECE, monotone sweep",
                 "The ECE over as many bins of equal mass as keep accuracy rising with confidence",
                 "sum_b (W_b/W) |conf_b - acc_b|, the most bins of equal mass with non-decreasing acc_b", "probability",
                 "[0, 1]", lower, confidences, "Roelofs et al. 2022", true, of_sorted<sweep_calibration_error>},
    metric_entry{"sweep_rmsce", "RMSCE, monotone sweep", "The same with squared gaps: large gaps count more",
                 "sqrt(sum_b (W_b/W) (conf_b - acc_b)^2), bins as in sweep_ece", "probability", "[0, 1]", lower,
                 confidences, "Roelofs et al. 2022", false, of_sorted<sweep_root_mean_square_error>},
    metric_entry{"ks_error", "KS error", "How far do promised and actual hits drift apart, at worst, without any bins?",
                 "max_j |(1/W) sum_{c_i <= c_j} w_i (c_i - a_i)|", "probability", "[0, 1]", lower, confidences,
                 "Gupta et al. 2021", true, of_sorted<kolmogorov_smirnov_error>},
    metric_entry{"kuiper_error", "Kuiper error", "The same, and how far they drift back again",
                 "max_j D_j - min_j D_j, D_j = (1/W) sum_{c_i <= c_j} w_i (c_i - a_i), D_0 = 0", "probability",
                 "[0, 1]", lower, confidences, "Arrieta-Ibarra et al. 2022", false, of_sorted<kuiper_error>},
    metric_entry{"smooth_ece", "Smooth ECE", "How far is confidence from accuracy, smoothed instead of binned?",
                 "the s at which integral |(1/W) sum_i w_i (a_i - c_i) G_s(t, c_i)| dt = s, G_s a reflected Gaussian",
                 "probability", "[0, 1]", lower, confidences, "Błasiok and Nakkiran 2024", true,
                 of_sorted<smooth_calibration_error>},
    metric_entry{"mmce", "MMCE", "How far is confidence from accuracy, by the products of all pairs of rows nearby?",
                 "sqrt((1/W^2) sum_ij w_i w_j (c_i - a_i)(c_j - a_j) exp(-|c_i - c_j|/0.4))", "probability", "[0, 1]",
                 lower, confidences, "Kumar, Sarawagi and Jain 2018", false, of_sorted<maximum_mean_calibration_error>},
    metric_entry{"corp_miscalibration", "CORP miscalibration",
                 "How much of the top-label Brier score would the best monotone recalibration save?",
                 "(1/W) sum w (c - a)^2 - (1/W) sum w (f(c) - a)^2, f isotonic regression", "score", "[0, 1]", lower,
                 confidences, "Dimitriadis, Gneiting and Jordan 2021", false, of_sorted<corp_miscalibration>},
    metric_entry{"corp_discrimination", "CORP discrimination", "How well does confidence tell right from wrong?",
                 "acc (1 - acc) - (1/W) sum w (f(c) - a)^2", "score", "[0, 0.25]", higher, confidences,
                 "Dimitriadis, Gneiting and Jordan 2021", false, of_sorted<corp_discrimination>},
    metric_entry{"corp_uncertainty", "CORP uncertainty", "What would the score be if confidence were the accuracy?",
                 "acc (1 - acc)", "score", "[0, 0.25]", none, confidences, "Dimitriadis, Gneiting and Jordan 2021",
                 false, of_sorted<corp_uncertainty>},
    metric_entry{"hosmer_lemeshow", "Hosmer-Lemeshow", "A test of calibration: about the number of groups if calibrated",
                 "sum_b (A_b - C_b)^2 / (C_b (1 - C_b/n_b)), 10 groups of equal mass", "chi-square", "[0, inf)", lower,
                 confidences, "Hosmer and Lemeshow 1980", false, of_sorted<hosmer_lemeshow>},
};

}  // namespace

std::span<const metric_entry> sorted_metrics() noexcept { return entries; }

}  // namespace calibrant::detail
