#pragma once

#include <span>

#include <calibrant/figures/drawn_figure.hpp>

namespace calibrant::detail {

// Every figure of the catalogue, each in the file of its name.
[[nodiscard]] drawn_figure draw_reliability_figure(std::span<const figure_source> sources,
                                                   const figure_options& options);
[[nodiscard]] drawn_figure draw_class_figure(std::span<const figure_source> sources, const figure_options& options);
[[nodiscard]] drawn_figure draw_classes_figure(std::span<const figure_source> sources, const figure_options& options);
[[nodiscard]] drawn_figure draw_confidence_figure(std::span<const figure_source> sources,
                                                  const figure_options& options);
[[nodiscard]] drawn_figure draw_risk_coverage_figure(std::span<const figure_source> sources,
                                                     const figure_options& options);
[[nodiscard]] drawn_figure draw_bin_count_figure(std::span<const figure_source> sources, const figure_options& options);
[[nodiscard]] drawn_figure draw_class_frequency_figure(std::span<const figure_source> sources,
                                                       const figure_options& options);
[[nodiscard]] drawn_figure draw_groups_figure(std::span<const figure_source> sources, const figure_options& options);
[[nodiscard]] drawn_figure draw_simplex_figure(std::span<const figure_source> sources, const figure_options& options);
[[nodiscard]] drawn_figure draw_before_after_figure(std::span<const figure_source> sources,
                                                    const figure_options& options);
[[nodiscard]] drawn_figure draw_changes_figure(std::span<const figure_source> sources, const figure_options& options);

}  // namespace calibrant::detail
