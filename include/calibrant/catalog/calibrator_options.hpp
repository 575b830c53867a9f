#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <calibrant/calibrators/beta_calibration.hpp>
#include <calibrant/calibrators/ensemble_temperature_scaling.hpp>
#include <calibrant/calibrators/histogram_binning.hpp>
#include <calibrant/calibrators/isotonic_regression.hpp>
#include <calibrant/calibrators/linear_scaling.hpp>
#include <calibrant/calibrators/platt_scaling.hpp>
#include <calibrant/calibrators/prior_correction.hpp>
#include <calibrant/calibrators/spline_calibration.hpp>
#include <calibrant/calibrators/temperature_scaling.hpp>

namespace calibrant {

/// The options of all calibrators; each reads those that its entry names.
struct calibrator_options {
  temperature_options temperature;
  ensemble_objective objective = ensemble_objective::log_loss;
  linear_options linear;
  sigmoid_input sigmoid = sigmoid_input::log_odds;
  beta_parameters beta = beta_parameters::abm;
  isotonic_options isotonic;
  histogram_options histogram;
  bool shared = false;    ///< scaling-binning: bins and values from the same rows
  bool one_set = true;    ///< I-Max: one set of bins for all classes
  std::size_t folds = 1;  ///< Venn-Abers
  spline_options spline;
  prior_options prior;
};

/// One option: the only place where its name, values and meaning are written.
struct calibrator_option {
  std::string_view name;
  std::string_view values;  ///< words separated by |, or what a number may be
  std::string_view default_value;
  std::string_view meaning;
  /// Reads a text; false if it is none of the values.
  bool (*set)(calibrator_options& options, std::string_view text);
};

[[nodiscard]] std::span<const calibrator_option> calibrator_option_catalog() noexcept;
/// By name; null if there is none.
[[nodiscard]] const calibrator_option* find_calibrator_option(std::string_view name) noexcept;

}  // namespace calibrant
