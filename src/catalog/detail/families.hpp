#pragma once

#include <span>

#include <calibrant/catalog/metric_catalog.hpp>

namespace calibrant::detail {

// The catalogue by family, one file each (src/catalog/<family>_metrics.cpp), in the order in which panels show them.
[[nodiscard]] std::span<const metric_entry> overall_metrics() noexcept;
[[nodiscard]] std::span<const metric_entry> binned_metrics() noexcept;
[[nodiscard]] std::span<const metric_entry> sorted_metrics() noexcept;
[[nodiscard]] std::span<const metric_entry> classwise_metrics() noexcept;
[[nodiscard]] std::span<const metric_entry> proper_score_metrics() noexcept;
[[nodiscard]] std::span<const metric_entry> test_metrics() noexcept;
[[nodiscard]] std::span<const metric_entry> selective_metrics() noexcept;

}  // namespace calibrant::detail
