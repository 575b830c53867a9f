#include <calibrant/stats/clopper_pearson.hpp>

#include <calibrant/math/incomplete_beta.hpp>

#include "stats/detail/proportion.hpp"

namespace calibrant {

interval clopper_pearson(double successes, double trials, confidence_level level, double comparisons) {
  // Frequency weights can mean any number of trials, and inverting the beta distribution takes longer the more there
  // are. Beyond 2^40 the bounds are those of the same proportion of 2^40, which are wider (by 1e-6 at most).
  constexpr double most_trials = 0x1p40;
  const double kept = trials > most_trials ? most_trials / trials : 1.0;
  const double x = kept * detail::checked_successes("clopper_pearson", successes, trials);
  const double n = kept * trials;
  if (!(comparisons >= 1))
    throw error(error_code::invalid_argument, "clopper_pearson: got " + std::to_string(comparisons) +
                                                  " comparisons, expected at least 1; pass the number of intervals");
  if (n == 0) return {0, 1};
  const double side = level.alpha() / comparisons / 2;
  return {x == 0 ? 0 : beta_quantile(side, x, n - x + 1), x == n ? 1 : beta_upper_quantile(side, x + 1, n - x)};
}

}  // namespace calibrant
