#pragma once

#include <string>

#include <calibrant/core/confidence_level.hpp>
#include <calibrant/stats/panel_state.hpp>

namespace calibrant {

/// The verdict in one sentence, e.g. "over-confident: says 97.9 %, is right 92.4 %". It claims a direction only where
/// the interval of the confidence gap excludes 0, miscalibration only where the lower bound of the ECE is above 0, and
/// otherwise says that the data cannot tell. Of soft labels only the gap has an interval.
[[nodiscard]] std::string headline(const panel_state& state, confidence_level level, bool soft_labels = false);

}  // namespace calibrant
