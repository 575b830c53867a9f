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
        R"(\frac{1}{n} \sum_{j=1}^{n} \frac{\mathrm{err}(j)}{j}, \quad \mathrm{err}(j) \text{ errors among the } j \text{ most confident rows})",
        "Rows of equal confidence have no order: the value is the mean over all of their orders. Without skill it is "
        "the error rate. Frequency weight m is m rows."},
    metric_entry{"e_aurc", "E-AURC", "The same beyond what the best order of its rows would have",
                 "aurc - (r + (1 - r) ln(1 - r)), r = 1 - A/W", "score", "[0, 1]", lower, confidences,
                 "Geifman, Uziel and El-Yaniv 2019", true, of_sorted<excess_area_under_risk_coverage>,
                 R"(\mathrm{aurc} - \left(r + (1 - r) \ln(1 - r)\right), \quad r = 1 - \frac{A}{W})",
                 "What is taken off is the AURC of the best order at this error rate; for r = 1 that is 1. It tells "
                 "how well confidence ranks rows, not whether it is calibrated."},
    metric_entry{
        "augrc", "AUGRC", "How many answers are wrong, as a share of all rows, averaged over how many it answers?",
        "trapezoid over coverage W(c >= t)/W of (1/W) sum_{c_i >= t} w_i (1 - a_i)", "score", "[0, 0.5]", lower,
        confidences, "Traub et al. 2024", true, of_sorted<area_under_generalized_risk_coverage>,
        R"(\int_0^1 \frac{1}{W} \sum_{i \,:\, c_i \ge t(x)} w_i (1 - a_i) \; dx, \quad x = \frac{W(c \ge t)}{W})",
        "The integral is the trapezoid over the distinct thresholds, from (0, 0). It does not depend on the order of "
        "equal confidences. With error rate r the best order has r^2/2, no skill r/2."},
    metric_entry{
        "aurc_trapezoid", "AURC, trapezoid", "AURC as fd-shifts computes it",
        "trapezoid over coverage of the selective risk at distinct thresholds, the first risk repeated at 0", "score",
        "[0, 1]", lower, confidences, "Jaeger et al. 2023", false, of_sorted<area_under_risk_coverage_trapezoid>,
        R"(\int_0^1 \frac{\sum_{i \,:\, c_i \ge t(x)} w_i (1 - a_i)}{W(c \ge t(x))} \; dx, \quad x = \frac{W(c \ge t)}{W})",
        "The integral is the trapezoid over the distinct thresholds; below the first of them its risk is repeated. It "
        "differs from aurc by terms that vanish with more rows."},
    metric_entry{
        "risk_at_coverage", "Risk at coverage",
        "How often is it wrong if it answers this share of the rows, the most confident ones? (--coverage)",
        "sum_{c_i >= t} w_i (1 - a_i) / W(c >= t), t the highest confidence with W(c >= t)/W >= coverage",
        "probability", "[0, 1]", lower, confidences, "El-Yaniv and Wiener 2010", false, of_sorted<risk_at_coverage>,
        R"(\frac{\sum_{i \,:\, c_i \ge t} w_i (1 - a_i)}{W(c \ge t)}, \quad t = \max\left\{t : \frac{W(c \ge t)}{W} \ge \mathrm{coverage}\right\})",
        "Rows of equal confidence are answered together, so more than the coverage that was asked for may be: the "
        "detail coverage says how much, threshold where."},
    metric_entry{
        "coverage_at_risk", "Coverage at risk",
        "What share of the rows could it have answered at this rate of errors? (--risk)",
        "max W(c >= t)/W over t with sum_{c_i >= t} w_i (1 - a_i) / W(c >= t) <= risk", "probability", "[0, 1]", higher,
        confidences, "El-Yaniv and Wiener 2010", false, of_sorted<coverage_at_risk>,
        R"(\max\left\{\frac{W(c \ge t)}{W} \;:\; \frac{\sum_{i \,:\, c_i \ge t} w_i (1 - a_i)}{W(c \ge t)} \le \mathrm{risk}\right\})",
        "0 if no threshold has that risk. The labels choose the threshold, so the risk on new rows tends to be higher. "
        "The detail promised_coverage is the coverage at which the confidences themselves promise that risk."},
    metric_entry{"selective_risk", "Risk above threshold",
                 "How often is it wrong where it is at least this confident? (--threshold)",
                 "sum_{c_i >= t} w_i (1 - a_i) / W(c >= t)", "probability", "[0, 1]", lower, confidences,
                 "El-Yaniv and Wiener 2010", false, of_sorted<selective_risk>,
                 R"(\frac{\sum_{i \,:\, c_i \ge t} w_i (1 - a_i)}{W(c \ge t)})",
                 "No value if no row is that confident. The detail coverage says how many are."},
    metric_entry{"coverage", "Coverage above threshold", "How often is it at least this confident? (--threshold)",
                 "W(c >= t) / W", "probability", "[0, 1]", none, confidences, "El-Yaniv and Wiener 2010", false,
                 of_sorted<coverage_at_threshold>, R"(\frac{W(c \ge t)}{W})",
                 "It describes the scores alone; the labels play no role."},
};

}  // namespace

std::span<const metric_entry> selective_metrics() noexcept { return entries; }

}  // namespace calibrant::detail
