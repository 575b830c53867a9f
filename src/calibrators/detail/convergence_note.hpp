#pragma once

#include <array>
#include <cstdio>
#include <string>

#include <calibrant/calibrators/fit_report.hpp>
#include <calibrant/math/minimize.hpp>

namespace calibrant::detail {

/// How a solver ended; that it has not reached its tolerance is said aloud.
inline void report_end(const minimum& found, fit_report& report) {
  report.iterations = found.evaluations;
  report.gradient = found.gradient;
  report.converged = found.converged;
  if (found.converged) return;
  std::array<char, 32> gradient;
  std::snprintf(gradient.data(), gradient.size(), "%.1e", found.gradient);
  report.notes.push_back({"not_converged", "the solver stopped after " + std::to_string(found.evaluations) +
                                               " passes with a gradient of " + gradient.data() +
                                               ", so the parameters are not the best ones to the last digit"});
}

}  // namespace calibrant::detail
