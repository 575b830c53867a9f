#include <calibrant/stats/panel_parts.hpp>

namespace calibrant {

std::string panel_parts::names() const {
  struct named_part {
    panel_part part;
    const char* name;
  };
  std::string names;
  for (const auto& [part, name] : {named_part{panel_part::proper_scores, "scores"},
                                   {panel_part::top_label, "top_label"},
                                   {panel_part::classwise, "classwise"}})
    if (contain(part)) names += (names.empty() ? "" : ", ") + std::string(name);
  return names;
}

}  // namespace calibrant
