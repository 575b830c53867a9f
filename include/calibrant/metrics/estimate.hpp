#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <calibrant/core/confidence_level.hpp>
#include <calibrant/stats/interval.hpp>

namespace calibrant {

/// A number, or the reason why there is none.
struct figure {
  std::optional<double> value;
  std::string reason;  ///< empty exactly when there is a value

  figure(double x) : value(x) {}  // NOLINT: implicit on purpose
  [[nodiscard]] static figure none(std::string why) {
    figure absent(0.0);
    absent.value.reset();
    absent.reason = std::move(why);
    return absent;
  }
  friend bool operator==(const figure&, const figure&) = default;
};

/// An interval with its method, or the reason why there is none.
struct interval_estimate {
  std::optional<interval> bounds;
  std::string method;  ///< names the construction
  std::string reason;  ///< empty exactly when there are bounds

  [[nodiscard]] static interval_estimate of(interval bounds, std::string method) {
    return {bounds, std::move(method), {}};
  }
  [[nodiscard]] static interval_estimate none(std::string why) { return {std::nullopt, {}, std::move(why)}; }
};

/// One metric's whole answer: the value, how sure it is, what a perfectly calibrated model with these scores would get
/// at this n, and how surprising the value would be for it.
struct estimate {
  figure value;
  interval_estimate uncertainty;
  figure expected_if_calibrated;
  figure p_value;
  std::vector<std::pair<std::string, double>> details;  ///< further numbers by name, e.g. the signed debiased error

  /// No value, and therefore nothing else either.
  [[nodiscard]] static estimate none(const std::string& why) {
    return {figure::none(why), interval_estimate::none(why), figure::none(why), figure::none(why), {}};
  }
};

/// What every metric may be told.
struct metric_options {
  confidence_level level;         ///< of the intervals
  std::size_t bins = 15;          ///< of equal mass, >= 1; bins of equal width are those of the state
  double norm = 3;                ///< p of `ece_lp` and `classwise_ece_lp`, real and >= 1
  double coverage = 0.8;          ///< of `risk_at_coverage`, in (0, 1]
  double risk = 0.05;             ///< of `coverage_at_risk`, in [0, 1]
  double threshold = 0.9;         ///< of `selective_risk` and `coverage`, in [0, 1]
  std::size_t top_k = 5;          ///< of `top_k_accuracy`, >= 1
  double min_probability = 0.01;  ///< of `tace`, in [0, 1)
  std::uint64_t seed = 0;         ///< of whatever draws at random
  std::size_t draws = 1000;       ///< of the labels, in tests that draw them, >= 1; the least p-value is 1/(draws + 1)
};
/// Throws error (invalid_argument) where an option is outside its domain.
void require_valid(const metric_options& options);

}  // namespace calibrant
