// Error rates of the gate where limits come by the class, and of metrics whose interval may miss with all of 1 - level
// on either side, by seeded simulation. With CALIBRANT_GATE_FAMILY_PAGE=FILE the tables are written there as Markdown.
#include <calibrant/evaluation/gate.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "statistical/error_rates.hpp"
#include "statistical/gap_population.hpp"

namespace calibrant::testing {
namespace {

constexpr panel_parts parts =
    panel_part::top_label | panel_part::proper_scores | panel_part::classwise | panel_part::confidences;

evaluation_state state_of(const dataset& data) { return measure(data, {.parts = parts}); }

dataset drawn(const population& from, std::size_t n, std::uint64_t seed) {
  generator random(seed);
  dataset data{.name = "sample", .classes = 5};
  from.draw_of_every_class(data, n, random);
  return data;
}

/// A metric of one class of the population, by the gate's own value of the population without chance.
double truth_of_class(const evaluation_state& all, const std::string& metric) {
  const gate_result result =
      judge(all, {.limits = {{.metric = metric,
                              .rule = metric == "accuracy" ? limit_rule::at_least : limit_rule::at_most,
                              .limit = 0.5,
                              .per_class = true}}});
  for (const gate_check& check : result.checks)
    if (check.scope == limit_scope::one_class) return *check.value.value;
  return 0;
}

TEST(GateFamilyRates, PerClassAndUndivided) {
  page out("CALIBRANT_GATE_FAMILY_PAGE");
  out << R"(# Measured error rates of the gate: classes, and undivided errors

Written by the slow tests; to measure again, from the root of the project:

```
CALIBRANT_GATE_FAMILY_PAGE=docs/statistics/gate_family_rates.md build/dev/tests/bin/calibrant_tests_statistical --gtest_filter='GateFamilyRates*'
```

As [the other page](gate_error_rates.md), on populations in which each of five classes is predicted as often. Every limit is the true value, so that each outcome but
*cannot tell* is false; each may have a probability of 0.05.

## Per class

*false failure*: any of the five classes, or all rows, fails. *false pass*: all of them pass.

| limit | gaps | rows | false pass | false failure |
|---|---|---|---|---|
)";
  std::uint64_t seed = 3'000'000'000;
  for (const shape& of : {shapes[0], shapes[2], shapes[6]}) {
    const population from(of, 0.05);
    const evaluation_state all = state_of(from.without_chance());
    for (const char* const metric : {"ece", "accuracy", "classwise_ece"}) {
      const bool least = std::string(metric) == "accuracy";
      const metric_limit limit{.metric = metric,
                               .rule = least ? limit_rule::at_least : limit_rule::at_most,
                               .limit = truth_of_class(all, metric),
                               .per_class = true};
      for (std::size_t s = 0; s < std::size(sizes); ++s) {
        const std::uint64_t first = seed += 1'000'000;
        const rates measured = simulate(repetitions[s], [&](std::size_t i) {
          return judge(state_of(drawn(from, sizes[s], first + i)), {.limits = {limit}}).outcome;
        });
        out << "| `" << metric << "` | " << of.name << " | " << sizes[s] << " | " << measured.pass() << " | "
            << measured.fail() << " |\n";
        EXPECT_LE(measured.pass(), allowed(measured)) << metric << ", " << of.name << ", n = " << sizes[s];
        EXPECT_LE(measured.fail(), allowed(measured)) << metric << ", " << of.name << ", n = " << sizes[s];
      }
    }
  }

  out << R"(
## Errors whose interval may miss with all of 1 - level on one side

| limit | gaps | rows | false pass | false failure |
|---|---|---|---|---|
)";
  constexpr std::array<const char*, 3> undivided = {"mce", "ks_error", "smooth_ece"};
  for (const shape& of : {shapes[0], shapes[2], shapes[6]}) {
    const population from(of, 0.05);
    const evaluation all = evaluate(state_of(from.without_chance()));
    for (std::size_t s = 0; s < std::size(sizes); ++s) {
      const std::uint64_t first = seed += 1'000'000;
      std::vector<std::array<gate_outcome, undivided.size()>> outcomes(repetitions[s]);
      thread_pool pool(0);
      pool.run(repetitions[s], [&](std::size_t i) {
        const evaluation_state one = state_of(drawn(from, sizes[s], first + i));
        for (std::size_t m = 0; m < undivided.size(); ++m)
          outcomes[i][m] =
              judge(one, {.limits = {{.metric = undivided[m], .limit = *all.total.find(undivided[m])->value.value}}})
                  .outcome;
      });
      for (std::size_t m = 0; m < undivided.size(); ++m) {
        const rates measured = simulate(repetitions[s], [&](std::size_t i) { return outcomes[i][m]; });
        out << "| `" << undivided[m] << "` | " << of.name << " | " << sizes[s] << " | " << measured.pass() << " | "
            << measured.fail() << " |\n";
        EXPECT_LE(measured.pass(), allowed(measured)) << undivided[m] << ", " << of.name << ", n = " << sizes[s];
        EXPECT_LE(measured.fail(), allowed(measured)) << undivided[m] << ", " << of.name << ", n = " << sizes[s];
      }
    }
  }
}

}  // namespace
}  // namespace calibrant::testing
