#pragma once

#include <calibrant/catalog/metric_catalog.hpp>
#include <calibrant/evaluation/evaluation_state.hpp>

namespace calibrant::detail {

/// What panels share of a state besides its sums.
struct panel_context {
  const evaluation_config& config;
  bool soft_labels;
};

inline constexpr const char* soft_label_reason =
    "not known for soft labels, which vary less than labels that are drawn";

/// Why such rows cannot answer a metric; nullptr if they can.
[[nodiscard]] const char* unanswerable(const metric_entry& entry, const panel_context& context);

/// The metric as far as the rows answer it: nothing with a reason where they cannot, and of soft labels only what holds
/// for them.
[[nodiscard]] estimate answer(const metric_entry& entry, const panel_state& state, const panel_context& context,
                              const metric_options& options);

}  // namespace calibrant::detail
