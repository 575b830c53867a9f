#include "catalog/detail/families.hpp"

#include <array>

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

constexpr std::array entries = {
    metric_entry{"spiegelhalter_z", "Spiegelhalter z", "A test of calibration: within about -2 to 2 if calibrated",
                 "sum w (a - c)(1 - 2c) / sqrt(sum w (1 - 2c)^2 c (1 - c))", "z", "(-inf, inf)", zero,
                 top_label | confidence_scores, "Spiegelhalter 1986", true, of_spiegelhalter, needs_hard_labels},
};

}  // namespace

std::span<const metric_entry> test_metrics() noexcept { return entries; }

}  // namespace calibrant::detail
