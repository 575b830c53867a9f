#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <calibrant/calibrators/training_set.hpp>
#include <calibrant/catalog/calibrator_catalog.hpp>

namespace calibrant {

/// What candidates are compared by, on rows that they have not learned from.
enum class selection_score { log_loss, brier };
[[nodiscard]] std::string_view name_of(selection_score score) noexcept;

struct selection_options {
  selection_score score = selection_score::log_loss;
  std::uint64_t seed = 0;  ///< of the folds
};

/// A candidate and how it did on held-out rows.
struct candidate_result {
  std::string method;
  std::vector<std::pair<std::string, std::string>> options;
  std::size_t parameters = 0;   ///< numbers that it learns; of curves the knots
  std::optional<double> score;  ///< mean over held-out rows; absent: infinite
  double behind = 0;            ///< mean of its score minus that of the best candidate
  double behind_error = 0;      ///< standard error of that, paired over rows
  double accuracy = 0;
  double ece = 0;
};

/// Why the choice fell as it did.
struct selection_record {
  selection_score score = selection_score::log_loss;
  std::size_t folds = 0;
  std::vector<candidate_result> candidates;  ///< in the order of the catalogue
  std::string reason;                        ///< one sentence in plain words
  std::vector<std::string> left_out;         ///< candidates that were not tried, and why
  /// Mean score of the whole procedure on rows that took no part in it, and of the identity there; absent: infinite.
  std::optional<double> estimate;
  std::optional<double> identity;
  /// Lower end of the one-sided 95 % interval of the identity's mean score minus that of the procedure.
  double gain_at_least = 0;
  /// The estimate minus the chosen candidate's own held-out score: how much choosing by that score flatters it.
  double optimism = 0;
};

struct selected_calibrator {
  const calibrator_entry* method = nullptr;
  std::vector<std::pair<std::string, std::string>> options;
  fitted_map fitted;
  selection_record record;
};

/// Chooses among the calibrators of the catalogue that the rows can afford by 5-fold cross-validation on a proper
/// score: the one with the fewest numbers whose mean score is within one standard error (of paired differences) of the
/// best. It replaces the identity only if the whole procedure, repeated inside each fold, beats the identity on the
/// rows held out of it, by a one-sided test of 5 %; what learns on all rows in the end has been compared on none of
/// them. Folds are of rows by content or by key, stratified by label. About 30 fits of each candidate.
[[nodiscard]] selected_calibrator select_calibrator(const training_set& rows, const selection_options& options);

}  // namespace calibrant
