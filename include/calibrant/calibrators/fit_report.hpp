#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <calibrant/calibrators/calibration_map.hpp>

namespace calibrant {

/// Something that whoever uses a fit should know, with a stable snake_case code.
struct fit_note {
  std::string code;
  std::string message;  ///< one sentence
};

/// How a fit went.
struct fit_report {
  std::size_t iterations = 0;  ///< of the solver; 0 where the fit is a formula
  /// Mean log loss in nats of the rows as given and of the map, on the rows it learned from; infinite where a label has
  /// the probability 0. Absent: not known yet.
  std::optional<double> loss_before;
  std::optional<double> loss_after;
  double gradient = 0;  ///< largest entry of the gradient where the solver stopped
  bool converged = true;
  std::vector<fit_note> notes;
};

struct fitted_map {
  std::unique_ptr<calibration_map> map;
  fit_report report;
};

}  // namespace calibrant
