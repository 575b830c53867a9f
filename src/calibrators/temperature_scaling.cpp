#include <calibrant/calibrators/temperature_scaling.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <type_traits>

#include <calibrant/core/error.hpp>

#include "calibrators/detail/softmax_rows.hpp"

namespace calibrant {
namespace {

constexpr double farthest = 10;     ///< of u = ln beta
constexpr double longest_step = 2;  ///< in u
constexpr std::size_t passes = 60;
constexpr double last_step = 1e-8;  ///< Newton's next step would be its square
constexpr double close = 0.1;       ///< in u: within it the slope is nearly a line

constexpr const char* separable_text =
    "every label has the largest score, so the loss falls without end as T goes to 0: T = 1 is kept; learn from rows "
    "that the model has not seen, or set allow_bound";

/// Weighted means over the rows, at one beta.
struct moments {
  double loss = 0;
  double slope = 0;     ///< in beta
  double variance = 0;  ///< of z under softmax(beta z): the slope's own slope
};

/// Over which rows, and how: every `stride`-th; in float32 to about 1e-8, for float32 scores of many classes.
struct look {
  std::size_t stride = 1;
  bool single = false;
};

/// Whether a look in float32 is there and worth it.
bool has_single(const training_set& rows) {
  constexpr std::size_t few_classes = 64;  // then whole rows go side by side, in float64
  return rows.classes() > few_classes &&
         rows.in_form(score_form::log_scores, true).visit([]<class T>(const basic_matrix_view<T>&) {
           return std::is_same_v<T, float>;
         });
}

moments moments_at(const training_set& rows, double beta, look how) {
  struct sums {
    double weight = 0;
    moments of;
  };
  std::vector<sums> parts(rows.parts());
  rows.in_form(score_form::log_scores, true).visit([&]<class T>(const basic_matrix_view<T>& z) {
    rows.for_each_part(parts.size(), [&](std::size_t part, std::size_t first, std::size_t last) {
      constexpr std::size_t block = 128;
      const T* pointers[block];
      std::int32_t labels[block];
      double weights[block];
      double loss[block];
      double slope[block];
      double variance[block];
      sums total;
      const auto temper = [&] {
        if constexpr (std::is_same_v<T, float>)
          if (how.single) return simd::active_target().temper_single;
        return simd::active_target().rows<T>().temper;
      }();
      std::size_t i = (first + how.stride - 1) / how.stride * how.stride;
      while (i < last) {
        std::size_t count = 0;
        for (; count < block && i < last; i += how.stride, ++count) {
          pointers[count] = z.row(i);
          labels[count] = rows.label(i);
          weights[count] = rows.weight(i);
        }
        temper(pointers, count, z.columns, labels, beta, {loss, slope, variance});
        for (std::size_t j = 0; j < count; ++j) {
          total.weight += weights[j];
          total.of.loss += weights[j] * loss[j];
          total.of.slope += weights[j] * slope[j];
          total.of.variance += weights[j] * variance[j];
        }
      }
      parts[part] = total;
    });
  });
  sums all;
  for (const sums& part : parts) {
    all.weight += part.weight;
    all.of.loss += part.of.loss;
    all.of.slope += part.of.slope;
    all.of.variance += part.of.variance;
  }
  return {all.of.loss / all.weight, all.of.slope / all.weight, all.of.variance / all.weight};
}

struct root {
  double u = 0;
  moments at;  ///< where the slope was looked at last
  std::size_t passes = 0;
  bool converged = false;
};

/// Where the slope is 0, from its values and its own slopes at two points: the cubic through both, with u as a function
/// of the slope. Its error is of the order of both distances squared.
double hermite_zero(double u0, const moments& at0, double u1, const moments& at1) {
  const double g0 = at0.slope;
  const double g1 = at1.slope;
  const double inverse0 = 1 / (std::exp(u0) * at0.variance);  // du / d slope
  const double inverse1 = 1 / (std::exp(u1) * at1.variance);
  const double width = g1 - g0;
  const double t = -g0 / width;
  const double s = 1 - t;
  return u0 * (1 + 2 * t) * s * s + u1 * (3 - 2 * t) * t * t + width * (inverse0 * t * s * s - inverse1 * t * t * s);
}

/// The zero of the slope in u from `start` on, or the end of the range towards which it lies.
root zero_of_slope(const training_set& rows, double start, const moments* at_start, look how) {
  root r{.u = start, .at = {}};
  double lower = -farthest;
  double upper = farthest;
  bool lower_seen = false;  // the slope at this end is known, and negative
  bool upper_seen = false;  // known, and positive
  const auto open = [&](double u) {
    return (u > lower || (u == lower && !lower_seen)) && (u < upper || (u == upper && !upper_seen));
  };
  double last_size = 2 * farthest;
  double last_u = start;
  moments last_at;
  while (r.passes < passes) {
    last_at = r.at;
    r.at = r.passes == 0 && at_start != nullptr ? *at_start : moments_at(rows, std::exp(r.u), how);
    ++r.passes;
    if (r.at.slope == 0 && r.at.variance == 0 && lower_seen) {
      r.u = farthest;  // every row is decided so far that its slope is below the smallest number
      r.converged = true;
      return r;
    }
    const bool rising = r.at.slope > 0;
    if (r.at.slope == 0 || (rising && r.u == -farthest) || (!rising && r.u == farthest)) {
      r.converged = true;
      return r;
    }
    (rising ? upper : lower) = r.u;
    (rising ? upper_seen : lower_seen) = true;
    const double bend = std::exp(r.u) * r.at.variance;  // of the slope, in u
    const double newton = bend > 0 ? -r.at.slope / bend : std::copysign(longest_step, -r.at.slope);
    double next = std::clamp(r.u + std::clamp(newton, -longest_step, longest_step), -farthest, farthest);
    const bool slow = r.passes > 10 && std::abs(next - r.u) > last_size / 2;
    if (!open(next) || slow) next = (lower + upper) / 2;
    // Two good points are worth a third pass.
    const double size = std::abs(next - r.u);
    if (r.passes > 1 && std::max(size, last_size) < close && size * last_size < last_step && bend > 0 &&
        last_at.variance > 0 && r.at.slope != last_at.slope) {
      const double cubic = hermite_zero(last_u, last_at, r.u, r.at);
      if (std::abs(cubic - next) <= size) next = cubic;
      r.u = next;
      r.converged = true;
      return r;
    }
    last_size = size;
    last_u = r.u;
    r.u = next;
    if (last_size <= last_step) {
      r.converged = true;
      return r;
    }
  }
  return r;
}

void note(fit_report& report, std::string code, std::string message) {
  report.notes.push_back({std::move(code), std::move(message)});
}

}  // namespace

temperature_scaling::temperature_scaling(const parameter_list& stored) : beta_(stored.number("beta")) {
  if (!(beta_ > 0)) throw error(error_code::malformed_input, "parameter \"beta\" is not positive");
}

std::size_t temperature_scaling::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  for (std::size_t j = 0; j < from.size(); ++j) p[j] = beta_ * from[j];
  detail::softmax_rows().apply(p.data(), from.size() / K, K, p.data());
  return 0;
}

std::vector<parameter> temperature_scaling::parameters() const { return {{"beta", {}, {beta_}}}; }

temperature_fit fit_inverse_temperature(const training_set& rows, const temperature_options& options) {
  temperature_fit fit;
  const moments before = moments_at(rows, 1.0, {});
  fit.report.loss_before = fit.report.loss_after = before.loss;
  fit.report.iterations = 1;
  if (before.variance == 0 && before.slope == 0) {
    // Rows that are decided beyond the reach of numbers show what they are at a high temperature.
    if (moments_at(rows, std::exp(-farthest), {}).slope == 0)
      note(fit.report, "constant_scores",
           "the scores of every row are all equal, so no temperature changes anything: T = 1");
    else
      note(fit.report, "separable", separable_text);
    return fit;
  }
  constexpr std::size_t share_rows = 4096;
  const std::size_t stride = rows.rows() / share_rows;
  double start = 0;
  const bool single = has_single(rows);
  if (stride >= 4) start = zero_of_slope(rows, 0, nullptr, {stride, single}).u;
  if (std::abs(start) >= farthest) start = 0;
  if (single) {
    const root near = zero_of_slope(rows, start, nullptr, {1, true});
    fit.report.iterations += near.passes;
    start = near.u;
    if (std::abs(start) >= farthest) start = 0;
  }
  const root found = zero_of_slope(rows, start, start == 0 ? &before : nullptr, {});
  fit.report.iterations += found.passes - static_cast<std::size_t>(start == 0);
  fit.report.gradient = std::abs(found.at.slope);
  fit.report.converged = found.converged;
  fit.report.loss_after = found.at.loss;
  fit.beta = std::exp(found.u);
  if (found.u == -farthest) {
    note(fit.report, "uninformative",
         "the scores say nothing of the labels, so T is as large as it may be, e^10, and all probabilities are nearly "
         "equal; look whether labels and scores belong together");
  } else if (found.u == farthest && !options.allow_bound) {
    fit.beta = 1;
    fit.report.loss_after = before.loss;
    note(fit.report, "separable", separable_text);
  } else if (found.u == farthest) {
    note(fit.report, "at_bound", "T is as small as it may be, e^-10: every label has the largest score");
  }
  if (!fit.report.converged)
    note(fit.report, "not_converged", "the temperature was not found to full accuracy after 60 passes");
  return fit;
}

fitted_map fit_temperature_scaling(const training_set& rows, const temperature_options& options) {
  temperature_fit fit = fit_inverse_temperature(rows, options);
  return {std::make_unique<temperature_scaling>(fit.beta), std::move(fit.report)};
}

std::string temperature_scaling::describe(operator_graph& graph, const std::string& from) const {
  return graph.softmax(graph.product(from, graph.number(beta_)));
}

}  // namespace calibrant
