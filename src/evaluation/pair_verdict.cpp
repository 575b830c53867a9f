#include <string>
#include <string_view>
#include <vector>

#include <calibrant/core/text_list.hpp>

#include "evaluation/detail/pair_tests.hpp"

namespace calibrant::detail {
namespace {

std::string_view plain_name(std::string_view metric) {
  if (metric == "log_loss") return "log loss";
  if (metric == "brier") return "Brier score";
  if (metric == "accuracy") return "accuracy";
  return "calibration";
}

}  // namespace

std::string pair_verdict(const compared_pair& pair, const comparison& all) {
  std::vector<std::string> better;
  std::vector<std::string> worse;
  std::vector<std::string> open;
  for (const paired_difference& d : pair.differences) {
    if (!d.adjusted_p_value.value) continue;
    const std::string name(plain_name(d.entry->name));
    if (*d.adjusted_p_value.value > all.options.level.alpha() || *d.value.value == 0)
      open.push_back(name);
    else
      ((d.entry->better == metric_direction::higher) == (*d.value.value > 0) ? better : worse).push_back(name);
  }
  const std::string& model = all.models[pair.model].name;
  const std::string& baseline = all.models[pair.baseline].name;
  if (better.empty() && worse.empty())
    return model + " and " + baseline + ": no difference that is more than chance" +
           (open.empty() ? std::string() : " in " + enumerated(open));
  std::string text = model + " is ";
  if (!better.empty()) text += "better than " + baseline + " in " + enumerated(better);
  if (!better.empty() && !worse.empty()) text += ", but worse in " + enumerated(worse);
  if (better.empty()) text += "worse than " + baseline + " in " + enumerated(worse);
  if (!open.empty()) text += "; " + enumerated(open) + " may differ by chance alone";
  return text;
}

}  // namespace calibrant::detail
