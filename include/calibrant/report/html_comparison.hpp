#pragma once

#include <string>

#include <calibrant/evaluation/comparison.hpp>

namespace calibrant {

/// A comparison as one HTML page, made as html_report makes one: the verdict of every pair, the metrics of the models
/// side by side, and each difference with its interval, p-value and a mark on a line through 0. `command` makes the
/// page again. Equal input gives equal bytes.
[[nodiscard]] std::string html_comparison(const comparison& result, const std::string& command = {});

}  // namespace calibrant
