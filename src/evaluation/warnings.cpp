#include <calibrant/evaluation/warnings.hpp>

#include <cmath>
#include <cstdio>
#include <string>

#include <calibrant/core/text_list.hpp>

namespace calibrant {
namespace {

std::string number(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.12g", x);
  return text;
}

/// "1 row", "12 rows".
std::string rows(double count) { return number(count) + (count == 1 ? " row" : " rows"); }

constexpr double few_rows = 200;   ///< below this the ECE of a calibrated model is about .08 with 15 bins
constexpr double few_in_bin = 10;  ///< rows of a bin whose gap is mostly noise
constexpr double saturation_share = 0.2;

}  // namespace

std::vector<evaluation_warning> panel_warnings(const panel_state& state, const evaluation_config& config,
                                               const panel& result) {
  std::vector<evaluation_warning> warnings;
  const double n = state.top_label.all().effective_rows();
  if (n < few_rows)
    warnings.push_back(
        {"few_rows", "only " + rows(std::floor(n)) + (config.weights == weight_kind::importance ? " (effective)" : "") +
                         ": calibration can hardly be told from noise; look at the intervals, not at the values"});

  std::vector<std::string> absent;
  for (std::size_t k = 0; k < result.per_class.size(); ++k)
    if (const auto& rows_of_class = result.per_class[k].rows; rows_of_class && !(*rows_of_class > 0))
      absent.push_back(config.classes[k]);
  if (!absent.empty())
    warnings.push_back({"empty_classes", std::to_string(absent.size()) + " of " +
                                             std::to_string(config.classes.size()) +
                                             " classes have no row with that label: " + list_of(absent, 5, "\"") +
                                             "; their recall and frequency are unknown"});

  // Rows whose float confidence has no room left: V = sum c (1 - c) of the last bin is then tiny although it is full.
  const cell top = state.top_label.bins().back().sums;
  if (top.weight > saturation_share * result.weight && top.variance < 1e-4 * top.weight && top.hits < top.weight)
    warnings.push_back(
        {"saturated", rows(top.weight) + " have a confidence of practically 1, and " + rows(top.weight - top.hits) +
                          " of them are wrong; save logits instead of rounded probabilities, or fit a calibrator"});

  const reliability_bin* worst = nullptr;
  for (const reliability_bin& bin : result.top_label)
    if (bin.confidence && (worst == nullptr ||
                           std::abs(*bin.confidence - *bin.accuracy) > std::abs(*worst->confidence - *worst->accuracy)))
      worst = &bin;
  if (worst != nullptr && worst->count < few_in_bin && n >= few_rows && result.find("mce") != nullptr)
    warnings.push_back(
        {"sparse_mce", "the largest gap (mce) stands in a bin of " + rows(worst->count) + "; it is mostly noise"});

  if (const double infinite = state.scores.sum(score_field::infinite_loss);
      infinite > 0 && result.find("log_loss") != nullptr)
    warnings.push_back({"infinite_log_loss",
                        rows(infinite) + (infinite == 1 ? " gives" : " give") +
                            " the true class probability 0, so the log loss is infinite; --log-floor 1e-15 clips it"});
  return warnings;
}

std::vector<evaluation_warning> row_warnings(const row_counts& counts) {
  std::vector<evaluation_warning> warnings;
  if (const std::uint64_t skipped = counts.skipped_total(); skipped > 0) {
    std::string reasons;
    for (std::size_t i = 0; i < row_problem_count; ++i)
      if (counts.skipped[i] > 0)
        reasons += (reasons.empty() ? "" : ", ") + std::to_string(counts.skipped[i]) + " " +
                   std::string(name_of(static_cast<row_problem>(i)));
    warnings.push_back({"rows_skipped", rows(static_cast<double>(skipped)) + " were left out (" + reasons +
                                            "); the figures are about the other " + std::to_string(counts.measured)});
  }
  if (counts.zero_weight > 0)
    warnings.push_back({"zero_weight", rows(static_cast<double>(counts.zero_weight)) + " of weight 0 were left out"});
  if (counts.clipped > 0)
    warnings.push_back({"clipped", rows(static_cast<double>(counts.clipped)) +
                                       " had a probability above 1 by at most 1e-6, taken as 1"});
  if (counts.renormalized > 0)
    warnings.push_back({"renormalized", rows(static_cast<double>(counts.renormalized)) + " were divided by their sum"});
  if (counts.loosely_normalized > 0)
    warnings.push_back({"loosely_normalized",
                        rows(static_cast<double>(counts.loosely_normalized)) +
                            " miss a sum of 1 by more than float rounding explains; were they rounded when saved?"});
  return warnings;
}

}  // namespace calibrant
