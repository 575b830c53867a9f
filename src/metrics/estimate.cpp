#include <calibrant/metrics/estimate.hpp>

#include <cmath>
#include <string>

#include <calibrant/core/error.hpp>

namespace calibrant {

void require_valid(const metric_options& options) {
  const auto require = [](bool holds, const char* option, double got, const char* expected) {
    if (!holds)
      throw error(error_code::invalid_argument,
                  std::string(option) + ": got " + std::to_string(got) + ", expected " + expected);
  };
  require(options.bins >= 1, "bins", static_cast<double>(options.bins), "at least 1");
  require(options.norm >= 1 && std::isfinite(options.norm), "norm", options.norm, "a finite number of at least 1");
  require(options.coverage > 0 && options.coverage <= 1, "coverage", options.coverage, "a share above 0, at most 1");
  require(options.risk >= 0 && options.risk <= 1, "risk", options.risk, "a share from 0 to 1");
  require(options.threshold >= 0 && options.threshold <= 1, "threshold", options.threshold, "a confidence from 0 to 1");
  require(options.min_probability >= 0 && options.min_probability < 1, "min_probability", options.min_probability,
          "a probability of at least 0 and below 1");
  require(options.top_k >= 1, "top_k", static_cast<double>(options.top_k), "at least 1");
  require(options.draws >= 1, "draws", static_cast<double>(options.draws), "at least 1");
}

}  // namespace calibrant
