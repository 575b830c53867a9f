#include "catalog/detail/families.hpp"

#include <array>

#include <calibrant/metrics/kernel_calibration_error.hpp>
#include <calibrant/metrics/spiegelhalter_z.hpp>

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
  return s.parts.contain(kernel_pairs)
             ? kernel_calibration_error(s.kernel_pairs, o)
             : estimate::none("not measured: it needs the rows themselves, in a pass that was asked for it");
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
};

}  // namespace

std::span<const metric_entry> test_metrics() noexcept { return entries; }

}  // namespace calibrant::detail
