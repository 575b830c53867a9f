#include "catalog/detail/families.hpp"

#include <array>

#include <calibrant/metrics/accuracy.hpp>
#include <calibrant/metrics/confidence_gap.hpp>
#include <calibrant/metrics/top_k_accuracy.hpp>

#include "catalog/detail/adapters.hpp"

namespace calibrant::detail {
namespace {

using enum metric_direction;
using enum panel_part;

constexpr std::array entries = {
    metric_entry{
        "accuracy", "Accuracy", "How often is the most likely class the right one?", "A / W", "probability", "[0, 1]",
        higher, top_label, "", true, of_top_label<accuracy>,
        R"(\frac{1}{W} \sum_i w_i \, \mathbf{1}\{\hat y_i = y_i\} = \frac{A}{W})",
        "Where several classes share the largest score, the lowest of them is the prediction. No rows: no value."},
    metric_entry{"error_rate", "Error rate", "How often is it wrong?", "1 - A / W", "probability", "[0, 1]", lower,
                 top_label, "", false, of_top_label<error_rate>, R"(1 - \frac{A}{W})", "One minus the accuracy."},
    metric_entry{"top_k_accuracy", "Top-k accuracy",
                 "How often is the right class among the k most likely ones? (--top-k)",
                 "(1/W) sum of w over rows with y among the k largest p", "probability", "[0, 1]", higher,
                 top_label | ranks, "", false, of_ranks<top_k_accuracy>,
                 R"(\frac{1}{W} \sum_i w_i \, \mathbf{1}\{y_i \text{ is among the } k \text{ largest } p_i\})",
                 "Equal scores go to the lower class, so k = 1 is the accuracy. With k of at least K it is 1."},
    metric_entry{
        "mean_confidence", "Mean confidence", "How sure does the model say it is, on average?", "C / W", "probability",
        "[1/K, 1]", none, top_label, "", true, of_top_label<mean_confidence>,
        R"(\frac{1}{W} \sum_i w_i \, c_i = \frac{C}{W})",
        "It describes the scores alone, so nothing is expected of it and it has no p-value. One row: no interval.",
        mean_of_rows},
    metric_entry{"confidence_gap", "Confidence gap", "Does it promise more than it delivers? Positive: over-confident.",
                 "(C - A) / W", "probability", "[-1, 1]", zero, top_label, "", true, of_top_label<confidence_gap>,
                 R"(\frac{C - A}{W})",
                 "Gaps of opposite sign cancel: 0 does not mean calibrated. One row: no interval.", mean_of_rows},
};

}  // namespace

std::span<const metric_entry> overall_metrics() noexcept { return entries; }

}  // namespace calibrant::detail
