#pragma once

#include <string>
#include <vector>

#include <calibrant/catalog/metric_catalog.hpp>

namespace calibrant::detail {

/// The metrics of these names, each once and in their order; without names the default panel. Throws error
/// (invalid_argument) on an unknown name.
[[nodiscard]] std::vector<const metric_entry*> chosen_metrics(const std::vector<std::string>& names);

}  // namespace calibrant::detail
