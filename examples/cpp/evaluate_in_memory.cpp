// How well are the probabilities calibrated that lie in an array of this program?
//
// Four predictions of three classes, few enough to check by hand: with 3 bins of equal width the confidences .55 .55
// .60 fall into the middle bin (mean .5667, one of three right), and .90 into the last (right). So ECE = 3/4 * .2333 +
// 1/4 * .1 = .2, and the largest gap is .2333.

#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/evaluation/evaluator.hpp>

namespace {

// Every result says how sure it is, or why it cannot say.
void print(const calibrant::panel_metric& metric) {
  const calibrant::estimate& result = metric.result;
  std::printf("%-12s", std::string(metric.entry->name).c_str());
  if (!result.value.value) {
    std::printf(" not defined: %s\n", result.value.reason.c_str());
    return;
  }
  std::printf(" %.4f", *result.value.value);
  if (const auto& bounds = result.uncertainty.bounds)
    std::printf(", interval %.3f to %.3f", bounds->lower, bounds->upper);
  if (result.expected_if_calibrated.value) std::printf(", if calibrated %.3f", *result.expected_if_calibrated.value);
  if (result.p_value.value) std::printf(", p = %.2f", *result.p_value.value);
  std::printf("\n");
}

}  // namespace

int main() try {
  // Row-major n x K. Rows may also lie apart or run backwards; elements may be float16, float or double.
  const std::array<float, 12> p = {.25F, .20F, .55F,   //
                                   .55F, .05F, .40F,   //
                                   .10F, .30F, .60F,   //
                                   .90F, .05F, .05F};  //
  const std::array<std::int32_t, 4> labels = {0, 1, 2, 0};
  const auto view = calibrant::basic_matrix_view<float>::contiguous(p.data(), labels.size(), 3);

  const calibrant::evaluation_config config{.classes = calibrant::class_names({"cat", "dog", "fox"}),
                                            .kind = calibrant::score_kind::probabilities,
                                            .bins = 3,
                                            .log_floor = std::nullopt};
  calibrant::thread_pool pool;  // one thread per processor; the result does not depend on their number
  calibrant::evaluator pass(config, {}, pool);
  // Call accumulate again for more rows: memory does not grow with them.
  pass.accumulate({.values = calibrant::probabilities(view), .labels = labels, .weights = {}, .groups = {}});
  const calibrant::evaluation_state state =
      pass.finish({{.path = "memory", .rows = labels.size(), .sha256 = {}}}, {}, {}, false);

  calibrant::evaluation_options options;
  options.metrics = {"accuracy", "ece", "mce", "brier", "log_loss"};  // none: the whole panel
  const calibrant::evaluation result = calibrant::evaluate(state, options);
  std::printf("%s\n", result.total.headline.c_str());
  for (const calibrant::panel_metric& metric : result.total.metrics) print(metric);
} catch (const calibrant::error& problem) {
  std::fprintf(stderr, "%s\n", problem.what());
  return 1;
}
