#include <calibrant/stats/panel_parts.hpp>

namespace calibrant {

std::vector<std::string_view> panel_parts::names() const {
  std::vector<std::string_view> names;
  if (contain(panel_part::proper_scores))
    names.push_back("scores");
  else if (contain(panel_part::confidence_scores))
    names.push_back("confidence_scores");
  if (contain(panel_part::top_label)) names.push_back("top_label");
  if (contain(panel_part::classwise)) names.push_back("classwise");
  if (contain(panel_part::confidences)) names.push_back("confidences");
  if (contain(panel_part::class_values)) names.push_back("class_values");
  if (contain(panel_part::kernel_pairs)) names.push_back("kernel_pairs");
  if (contain(panel_part::ranks)) names.push_back("ranks");
  if (contain(panel_part::row_scores))
    names.push_back("row_scores");
  else if (contain(panel_part::rows))
    names.push_back("rows");
  return names;
}

std::string panel_parts::text() const {
  std::string text;
  for (const std::string_view name : names()) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

}  // namespace calibrant
