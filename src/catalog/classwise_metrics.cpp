#include "catalog/detail/families.hpp"

#include <array>

#include <calibrant/metrics/classwise_calibration_error.hpp>

#include "catalog/detail/adapters.hpp"

namespace calibrant::detail {
namespace {

using enum metric_direction;
using enum panel_part;

constexpr std::array entries = {
    metric_entry{"classwise_ece", "Class-wise ECE (mean)",
                 "Are the probabilities of every class right, not only of the predicted one?",
                 "(1/K) sum_k sum_b (W_bk/W) |mean p_k - freq_k|", "probability", "[0, 1]", lower, classwise,
                 "Kull et al. 2019; Nixon et al. 2019", true, of_classwise<classwise_calibration_error>},
    metric_entry{"classwise_ece_sum", "Class-wise ECE (sum)", "The same summed over classes",
                 "sum_k sum_b (W_bk/W) |mean p_k - freq_k|", "probability", "[0, 2]", lower, classwise,
                 "Kull et al. 2019", true, of_classwise<classwise_calibration_error_sum>},
};

}  // namespace

std::span<const metric_entry> classwise_metrics() noexcept { return entries; }

}  // namespace calibrant::detail
