#include "catalog/detail/families.hpp"

#include <array>

#include <calibrant/metrics/area_under_risk_coverage.hpp>
#include <calibrant/metrics/selective_risk.hpp>

#include "catalog/detail/adapters.hpp"

namespace calibrant::detail {
namespace {

using enum metric_direction;
using enum panel_part;

constexpr std::array entries = {
    metric_entry{"aurc", "AURC", "How often is it wrong, on average, if it may leave its least confident rows unanswered?",
                 "(1/W) sum_j err(j)/j, rows by decreasing confidence, mean over the order of ties", "score", "[0, 1]",
                 lower, confidences, "Geifman, Uziel and El-Yaniv 2019", true, of_sorted<area_under_risk_coverage>},
    metric_entry{"e_aurc", "E-AURC", "The same beyond what the best order of its rows would have",
                 "aurc - (r + (1 - r) ln(1 - r)), r = 1 - A/W", "score", "[0, 1]", lower, confidences,
                 "Geifman, Uziel and El-Yaniv 2019", true, of_sorted<excess_area_under_risk_coverage>},
    metric_entry{"augrc", "AUGRC", "How many answers are wrong, as a share of all rows, averaged over how many it answers?",
                 "trapezoid over coverage W(c >= t)/W of (1/W) sum_{c_i >= t} w_i (1 - a_i)", "score", "[0, 0.5]", lower,
                 confidences, "Traub et al. 2024", true, of_sorted<area_under_generalized_risk_coverage>},
    metric_entry{"aurc_trapezoid", "AURC, trapezoid", "AURC as fd-shifts computes it",
                 "trapezoid over coverage of the selective risk at distinct thresholds, the first risk repeated at 0",
                 "score", "[0, 1]", lower, confidences, "Jaeger et al. 2023", false,
                 of_sorted<area_under_risk_coverage_trapezoid>},
    metric_entry{"risk_at_coverage", "Risk at coverage",
                 "How often is it wrong if it answers this share of the rows, the most confident ones? (--coverage)",
                 "sum_{c_i >= t} w_i (1 - a_i) / W(c >= t), t the highest confidence with W(c >= t)/W >= coverage",
                 "probability", "[0, 1]", lower, confidences, "El-Yaniv and Wiener 2010", false,
                 of_sorted<risk_at_coverage>},
    metric_entry{"coverage_at_risk", "Coverage at risk",
                 "What share of the rows could it have answered at this rate of errors? (--risk)",
                 "max W(c >= t)/W over t with sum_{c_i >= t} w_i (1 - a_i) / W(c >= t) <= risk", "probability", "[0, 1]",
                 higher, confidences, "El-Yaniv and Wiener 2010", false, of_sorted<coverage_at_risk>},
    metric_entry{"selective_risk", "Risk above threshold",
                 "How often is it wrong where it is at least this confident? (--threshold)",
                 "sum_{c_i >= t} w_i (1 - a_i) / W(c >= t)", "probability", "[0, 1]", lower, confidences,
                 "El-Yaniv and Wiener 2010", false, of_sorted<selective_risk>},
    metric_entry{"coverage", "Coverage above threshold", "How often is it at least this confident? (--threshold)",
                 "W(c >= t) / W", "probability", "[0, 1]", none, confidences, "El-Yaniv and Wiener 2010", false,
                 of_sorted<coverage_at_threshold>},
};

}  // namespace

std::span<const metric_entry> selective_metrics() noexcept { return entries; }

}  // namespace calibrant::detail
