#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <calibrant/calibrators/bias_corrected_temperature.hpp>
#include <calibrant/calibrators/calibration_map.hpp>
#include <calibrant/calibrators/fit_report.hpp>
#include <calibrant/calibrators/parameter_list.hpp>
#include <calibrant/calibrators/training_set.hpp>

namespace calibrant {

/// How the new shares of the classes are found.
enum class shift_estimator {
  em,    ///< greatest likelihood of the target rows
  bbse,  ///< the confusion matrix solved for how often each class is predicted
  rlls,  ///< the same, held back towards no shift
};

struct prior_options {
  shift_estimator estimator = shift_estimator::em;
  bool calibrate_first = true;         ///< by a bias-corrected temperature; else the rows are taken as calibrated
  std::vector<double> to;              ///< the new shares where they are known, K; no target is read then
  std::optional<class_scores> target;  ///< rows without labels, of the kind and classes of those learned from
  std::uint64_t seed = 0;              ///< of the draws that give standard errors
};

/// Correction for other shares of the classes than those learned from (label shift): p'_k is proportional to
/// p_k pi'_k/pi_k, where p = softmax(beta z + b) and p(scores | class) is assumed to be as it was.
class prior_correction final : public calibration_map {
 public:
  /// `from` (pi) are positive.
  prior_correction(std::shared_ptr<const bias_corrected_temperature> base, std::vector<double> from,
                   std::vector<double> to, std::vector<double> errors) noexcept;
  explicit prior_correction(const parameter_list& stored);

  [[nodiscard]] const std::vector<double>& from() const noexcept { return from_; }
  [[nodiscard]] const std::vector<double>& to() const noexcept { return to_; }
  /// Standard errors of pi'_k/pi_k; 0 where pi' was given.
  [[nodiscard]] const std::vector<double>& errors() const noexcept { return errors_; }
  [[nodiscard]] score_form reads() const noexcept override { return score_form::log_scores; }
  std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  std::shared_ptr<const bias_corrected_temperature> base_;
  std::vector<double> from_;
  std::vector<double> to_;
  std::vector<double> errors_;
  std::vector<double> ratios_;
};

/// Throws error (invalid_argument) without target rows and known shares, with both, and where the confusion matrix says
/// too little; (invalid_labels) if a class has no row, since nothing can be said of its share then.
[[nodiscard]] fitted_map fit_prior_correction(const training_set& rows, const prior_options& options);

}  // namespace calibrant
