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
    metric_entry{
        "aurc", "AURC", "How often is it wrong, on average, if it may leave its least confident rows unanswered?",
        "(1/W) sum_j err(j)/j, rows by decreasing confidence, mean over the order of ties", "score", "[0, 1]", lower,
        confidences, "Geifman, Uziel and El-Yaniv 2019", true, of_sorted<area_under_risk_coverage>,
        R"(\frac{1}{W} \sum_{j=1}^{W} \frac{1}{j} \sum_{i \le j} e_{(i)}, \quad c_{(1)} \ge c_{(2)} \ge \dots)",
        "Rows of equal confidence count as the mean over their orders. A model without skill has its error rate; the "
        "best order of the same errors is in the details. Frequency weight m is m rows; an importance weight is one "
        "step "
        "of its size."},
    metric_entry{"e_aurc", "E-AURC", "The same beyond what the best order of its rows would have",
                 "aurc - (r + (1 - r) ln(1 - r)), r = 1 - A/W", "score", "[0, 1]", lower, confidences,
                 "Geifman, Uziel and El-Yaniv 2019", true, of_sorted<excess_area_under_risk_coverage>,
                 R"(\mathrm{aurc} - \bigl(r + (1 - r) \ln(1 - r)\bigr), \quad r = 1 - \tfrac{A}{W})",
                 "Not 0 for a calibrated model: confidences that are right still leave some errors above some hits. "
                 "Where no row "
                 "is right it is 0 and says nothing."},
    metric_entry{
        "augrc", "AUGRC", "How many answers are wrong, as a share of all rows, averaged over how many it answers?",
        "trapezoid over coverage W(c >= t)/W of (1/W) sum_{c_i >= t} w_i (1 - a_i)", "score", "[0, 0.5]", lower,
        confidences, "Traub et al. 2024", true, of_sorted<area_under_generalized_risk_coverage>,
        R"(\frac{1}{W^2} \sum_g W_g \Bigl(E_g + \frac{U_g}{2}\Bigr), \quad U_g \text{ errors in group } g,\ E_g \text{ above it})",
        "The order of ties does not matter. Without skill it is r/2, the best order has r^2/2 (in the details)."},
    metric_entry{
        "aurc_trapezoid", "AURC, trapezoid", "AURC as fd-shifts computes it",
        "trapezoid over coverage of the selective risk at distinct thresholds, the first risk repeated at coverage 0",
        "score", "[0, 1]", lower, confidences, "Jaeger et al. 2023", false,
        of_sorted<area_under_risk_coverage_trapezoid>,
        R"(\int_0^1 \frac{\sum_{i \,:\, c_i \ge t(x)} w_i (1 - a_i)}{W(c \ge t(x))} \; dx, \quad x = \frac{W(c \ge t)}{W})",
        "For comparison with published tables; it and aurc estimate the same area."},
    metric_entry{
        "risk_at_coverage", "Risk at coverage",
        "How often is it wrong if it answers this share of the rows, the most confident ones? (--coverage)",
        "sum_{c_i >= t} w_i (1 - a_i) / W(c >= t), t the highest confidence with W(c >= t)/W >= coverage",
        "probability", "[0, 1]", lower, confidences, "El-Yaniv and Wiener 2010", false, of_sorted<risk_at_coverage>,
        R"(\frac{\sum_{i \,:\, c_i \ge t} w_i (1 - a_i)}{W(c \ge t)}, \quad t = \max\left\{t : \frac{W(c \ge t)}{W} \ge \mathrm{coverage}\right\})",
        "Rows of equal confidence are answered together, so the coverage reached (in the details) may be larger than "
        "the "
        "one asked for. The interval is for the risk at the threshold found."},
    metric_entry{
        "coverage_at_risk", "Coverage at risk",
        "What share of the rows could it have answered at this rate of errors? (--risk)",
        "max W(c >= t)/W over t with sum_{c_i >= t} w_i (1 - a_i) / W(c >= t) <= risk", "probability", "[0, 1]", higher,
        confidences, "El-Yaniv and Wiener 2010", false, of_sorted<coverage_at_risk>,
        R"(\max\left\{\frac{W(c \ge t)}{W} \;:\; \frac{\sum_{i \,:\, c_i \ge t} w_i (1 - a_i)}{W(c \ge t)} \le \mathrm{risk}\right\})",
        "0 where no threshold reaches the risk. The labels choose the threshold, so on new rows the risk at it is "
        "larger: "
        "a description of these rows, not a guarantee."},
    metric_entry{"selective_risk", "Risk above threshold",
                 "How often is it wrong where it is at least this confident? (--threshold)",
                 "sum_{c_i >= t} w_i (1 - a_i) / W(c >= t)", "probability", "[0, 1]", lower, confidences,
                 "El-Yaniv and Wiener 2010", false, of_sorted<selective_risk>,
                 R"(\frac{\sum_{i \,:\, c_i \ge t} w_i (1 - a_i)}{W(c \ge t)})",
                 "No value where no row is that confident. Compare it with what is expected: the mean of 1 - c over "
                 "these rows."},
    metric_entry{"coverage", "Coverage above threshold", "How often is it at least this confident? (--threshold)",
                 "W(c >= t) / W", "probability", "[0, 1]", none, confidences, "El-Yaniv and Wiener 2010", false,
                 of_sorted<coverage_at_threshold>, R"(\frac{W(c \ge t)}{W})",
                 "It does not depend on the labels. A row whose confidence is the threshold is covered."},
};

}  // namespace

std::span<const metric_entry> selective_metrics() noexcept { return entries; }

}  // namespace calibrant::detail
