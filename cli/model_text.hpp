#pragma once

#include <string>

#include <calibrant/evaluation/calibration_model.hpp>

#include "cli/terminal.hpp"

namespace calibrant::cli {

/// What a model is, what it has learned from and how that went, for people.
[[nodiscard]] std::string model_text(const calibration_model& model, const terminal& screen);

}  // namespace calibrant::cli
