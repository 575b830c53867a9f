#include <calibrant/stats/risk_coverage_area.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <calibrant/math/compensated_sum.hpp>
#include <calibrant/math/harmonic.hpp>

namespace calibrant {
namespace {

/// Moments of an influence function that takes one value for the hits and one for the errors of a group.
class influence_moments {
 public:
  void add(double hit_weight, double hit_value, double error_weight, double error_value) noexcept {
    hits_.add(hit_weight, hit_value);
    errors_.add(error_weight, error_value);
  }
  /// sum v (x - mean)^2, where the errors' x is raised by `shift`.
  [[nodiscard]] double square_sum(double mean, double shift = 0) const noexcept {
    return std::max(0.0, hits_.about(mean) + errors_.about(mean - shift));
  }

 private:
  struct part {
    double v = 0;
    double vx = 0;
    double vxx = 0;
    void add(double weight, double x) noexcept {
      v += weight;
      vx += weight * x;
      vxx += weight * x * x;
    }
    [[nodiscard]] double about(double mean) const noexcept { return vxx - 2 * mean * vx + mean * mean * v; }
  };
  part hits_;
  part errors_;
};

double standard_error_of(const sorted_forecasts& sorted, double square_sum) noexcept {
  const double W = sorted.total_weight();
  if (!(sorted.effective_rows() > 1)) return std::numeric_limits<double>::quiet_NaN();
  return sorted.kind() == weight_kind::importance ? std::sqrt(square_sum) / W : std::sqrt(square_sum / (W - 1) / W);
}

/// Walks the groups from the lowest confidence up, with the weight and the errors above each.
class upward_walk {
 public:
  explicit upward_walk(const sorted_forecasts& sorted)
      : sorted_(sorted), W_(sorted.total_weight()), errors_(sorted.total_weight() - sorted.total_hits()) {}

  /// To group g, the one after the last.
  void step(std::size_t g) noexcept {
    weight = sorted_.weights()[g];
    hits = sorted_.hits()[g];
    errors = std::max(weight - hits, 0.0);
    v = sorted_.variance_weights()[g];
    hit_v = sorted_.variance_hits()[g];
    below = taken_.value();
    taken_.add(weight);
    taken_errors_.add(errors);
    const bool last = g + 1 == sorted_.size();
    above = last ? 0 : std::max(W_ - taken_.value(), 0.0);
    errors_above = last ? 0 : std::clamp(errors_ - taken_errors_.value(), 0.0, above);
  }

  double weight = 0;
  double hits = 0;
  double errors = 0;
  double v = 0;      ///< sum w^2, or sum w for frequency weights
  double hit_v = 0;  ///< the same over hits
  double below = 0;
  double above = 0;
  double errors_above = 0;

 private:
  const sorted_forecasts& sorted_;
  double W_;
  double errors_;
  compensated_sum taken_;
  compensated_sum taken_errors_;
};

double mean_error_if_calibrated(const sorted_forecasts& sorted) noexcept {
  double sum = 0;
  for (std::size_t g = 0; g < sorted.size(); ++g) sum += sorted.weights()[g] * (1 - sorted.values()[g]);
  return sum / sorted.total_weight();
}

double error_rate_of(const sorted_forecasts& sorted) noexcept {
  return std::clamp(1 - sorted.total_hits() / sorted.total_weight(), 0.0, 1.0);
}

}  // namespace

double best_risk_coverage_area(double error_rate) noexcept {
  return error_rate < 1 ? error_rate + (1 - error_rate) * std::log1p(-error_rate) : 1;
}

double worst_risk_coverage_area(double error_rate) noexcept {
  return error_rate > 0 ? error_rate - error_rate * std::log(error_rate) : 0;
}

risk_coverage_area::risk_coverage_area(const sorted_forecasts& sorted) : error_rate_(error_rate_of(sorted)) {
  const double W = sorted.total_weight();
  const double promised = mean_error_if_calibrated(sorted);
  // d optimum / d r = -ln(1 - r): what the error rate takes off the excess per error.
  const double promised_slope = promised < 1 ? std::log1p(-promised) : 0;

  compensated_sum area;
  influence_moments influence;
  double variance_of_errors = 0;
  double weight_of_errors_below = 0;  // sum of D over the groups below
  double risk_below = 0;              // sum of D rho over the groups below
  upward_walk at(sorted);
  for (std::size_t g = 0; g < sorted.size(); ++g) {
    at.step(g);
    const double c = sorted.values()[g];
    const double row = at.v / at.weight;  // the weight of one row of the group; 1 for frequency weights
    const double a = at.above / row;
    const double n = at.weight / row;
    const double D = harmonic_difference(a, n);
    const double own = n == 1 ? D : std::clamp(1 - a * D / n, 0.0, 1.0);
    const double added = at.errors_above * D + at.errors * own;
    area.add(added);

    const double rho = added / at.weight;
    const double k = own + weight_of_errors_below;
    const double hit_value = rho - own * rho - risk_below;
    influence.add(at.hit_v, hit_value, at.v - at.hit_v, hit_value + k);
    null_.add(c, at.weight, at.v, k / W);
    excess_null_.add(c, at.weight, at.v, (k + promised_slope) / W);
    variance_of_errors += at.v * c * (1 - c);
    weight_of_errors_below += D;
    risk_below += D * rho;
  }
  value_ = area.value() / W;

  standard_error_ = standard_error_of(sorted, influence.square_sum(value_));
  const double slope = error_rate_ < 1 ? std::log1p(-error_rate_) : 0;
  excess_standard_error_ =
      error_rate_ < 1 ? standard_error_of(sorted, influence.square_sum(value_ + error_rate_ * slope, slope)) : 0;
  // optimum'' = 1 / (1 - r)
  const double curvature = promised < 1 ? variance_of_errors / (W * W) / (2 * (1 - promised)) : 0;
  expected_excess_ = std::max(0.0, null_.expected() - best_risk_coverage_area(promised) - curvature);
}

double risk_coverage_area::optimum() const noexcept { return best_risk_coverage_area(error_rate_); }

generalized_risk_coverage_area::generalized_risk_coverage_area(const sorted_forecasts& sorted)
    : error_rate_(error_rate_of(sorted)) {
  const double W = sorted.total_weight();
  compensated_sum area;
  influence_moments influence;
  upward_walk at(sorted);
  for (std::size_t g = 0; g < sorted.size(); ++g) {
    at.step(g);
    const double answered_together = at.errors_above + at.errors / 2;
    const double k = (at.below + at.weight / 2) / W;
    area.add(at.weight * answered_together);
    influence.add(at.hit_v, answered_together / W, at.v - at.hit_v, answered_together / W + k);
    null_.add(sorted.values()[g], at.weight, at.v, k / W);
  }
  value_ = area.value() / W / W;
  standard_error_ = standard_error_of(sorted, influence.square_sum(2 * value_));
}

}  // namespace calibrant
