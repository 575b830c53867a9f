#include "evaluation/detail/chosen_metrics.hpp"

#include <algorithm>

#include <calibrant/core/error.hpp>

namespace calibrant::detail {

std::vector<const metric_entry*> chosen_metrics(const std::vector<std::string>& names) {
  std::vector<const metric_entry*> chosen;
  if (names.empty()) {
    for (const metric_entry& entry : metric_catalog())
      if (entry.default_panel) chosen.push_back(&entry);
    return chosen;
  }
  for (const std::string& name : names) {
    const metric_entry* entry = find_metric(name);
    if (entry == nullptr) {
      std::string known;
      for (const metric_entry& each : metric_catalog()) known += (known.empty() ? "" : ", ") + std::string(each.name);
      throw error(error_code::invalid_argument, "metrics: got \"" + name + "\", expected one of " + known);
    }
    if (std::find(chosen.begin(), chosen.end(), entry) == chosen.end()) chosen.push_back(entry);
  }
  return chosen;
}

}  // namespace calibrant::detail
