#include "catalog/detail/families.hpp"

#include <array>

#include <calibrant/metrics/accuracy.hpp>
#include <calibrant/metrics/confidence_gap.hpp>

#include "catalog/detail/adapters.hpp"

namespace calibrant::detail {
namespace {

using enum metric_direction;
using enum panel_part;

constexpr std::array entries = {
    metric_entry{"accuracy", "Accuracy", "How often is the most likely class the right one?", "A / W", "probability",
                 "[0, 1]", higher, top_label, "", true, of_top_label<accuracy>},
    metric_entry{"mean_confidence", "Mean confidence", "How sure does the model say it is, on average?", "C / W",
                 "probability", "[1/K, 1]", none, top_label, "", true, of_top_label<mean_confidence>, mean_of_rows},
    metric_entry{"confidence_gap", "Confidence gap", "Does it promise more than it delivers? Positive: over-confident.",
                 "(C - A) / W", "probability", "[-1, 1]", zero, top_label, "", true, of_top_label<confidence_gap>,
                 mean_of_rows},
};

}  // namespace

std::span<const metric_entry> overall_metrics() noexcept { return entries; }

}  // namespace calibrant::detail
