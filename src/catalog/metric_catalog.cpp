#include <calibrant/catalog/metric_catalog.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "catalog/detail/families.hpp"

namespace calibrant {

std::string_view name_of(metric_direction direction) noexcept {
  switch (direction) {
    case metric_direction::lower:
      return "lower";
    case metric_direction::higher:
      return "higher";
    case metric_direction::zero:
      return "zero";
    case metric_direction::none:
      return "none";
  }
  return "none";
}

metric_limits limits_of(const metric_entry& entry) {
  const std::size_t comma = entry.range.find(", ");
  const auto number = [](std::string_view text) -> std::optional<double> {
    double value = 0;
    const auto [end, failure] = std::from_chars(text.begin(), text.end(), value);
    const bool whole = failure == std::errc() && end == text.end() && std::isfinite(value);
    return whole ? std::optional(value) : std::nullopt;
  };
  return {number(entry.range.substr(1, comma - 1)),
          number(entry.range.substr(comma + 2, entry.range.size() - comma - 3))};
}

estimate compute(const metric_entry& entry, const panel_state& state, const metric_options& options) {
  estimate result = entry.finalize(state, options);
  if (!result.value.value) return result;
  constexpr double loose = 1e-2 + 1e-9;  // what rows may miss, and rounding
  const metric_limits limits = limits_of(entry);
  double& value = *result.value.value;
  if (limits.lower && value < *limits.lower && value >= *limits.lower - loose) value = *limits.lower;
  if (limits.upper && value > *limits.upper && value <= *limits.upper + loose) value = *limits.upper;
  return result;
}

std::span<const metric_entry> metric_catalog() noexcept {
  static const std::vector<metric_entry> all = [] {
    std::vector<metric_entry> joined;
    for (const auto family :
         {detail::overall_metrics, detail::binned_metrics, detail::sorted_metrics, detail::classwise_metrics,
          detail::proper_score_metrics, detail::test_metrics, detail::selective_metrics})
      joined.insert(joined.end(), family().begin(), family().end());
    return joined;
  }();
  return all;
}

const metric_entry* find_metric(std::string_view name) noexcept {
  const std::span<const metric_entry> all = metric_catalog();
  const auto position =
      std::find_if(all.begin(), all.end(), [&](const metric_entry& entry) { return entry.name == name; });
  return position == all.end() ? nullptr : &*position;
}

}  // namespace calibrant
