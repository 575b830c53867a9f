#include <calibrant/figures/axis_scale.hpp>

#include <algorithm>
#include <cmath>

#include <calibrant/figures/number_text.hpp>

namespace calibrant {
namespace {

/// Ends of a scale are met in spite of rounding.
constexpr double slack = 1e-9;

std::string label_of(double value, double step) {
  if (std::abs(value) >= 1e3) return (value < 0 ? "-" : "") + short_count(std::abs(value));
  const int decimals = std::max(0, -static_cast<int>(std::floor(std::log10(step) + slack)));
  return fixed_text(value, std::min(decimals, 9));
}

std::vector<axis_tick> linear_ticks(double lowest, double highest, int wanted) {
  std::vector<axis_tick> ticks;
  double step = nice_step((highest - lowest) / std::max(wanted, 1) * (1 - slack));
  // One number on an axis says nothing of its scale.
  if (std::floor(highest / step + slack) - std::ceil(lowest / step - slack) < 1) step = nice_step(step / 2.5);
  const auto first = static_cast<long long>(std::ceil(lowest / step - slack));
  const auto last = static_cast<long long>(std::floor(highest / step + slack));
  for (long long i = first; i <= last; ++i) {
    // i / (1 / step) is the decimal number itself where i * step is not.
    const double value = step < 1 ? static_cast<double>(i) / std::round(1 / step) : static_cast<double>(i) * step;
    ticks.push_back({value, label_of(value, step)});
  }
  return ticks;
}

std::vector<axis_tick> logarithmic_ticks(double lowest, double highest, int wanted) {
  std::vector<axis_tick> ticks;
  const double decades = std::log10(highest / lowest);
  const int every = std::max(1, static_cast<int>(std::ceil(decades / (2.0 * wanted))));
  const bool between = decades * 3 <= 2.0 * wanted;
  for (int power = static_cast<int>(std::floor(std::log10(lowest) - slack)); power <= std::ceil(std::log10(highest));
       ++power) {
    if (power % every != 0) continue;
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (factor > 1 && !between) break;
      const double value = power < 0 ? factor / std::pow(10.0, -power) : factor * std::pow(10.0, power);
      if (value < lowest * (1 - slack) || value > highest * (1 + slack)) continue;
      ticks.push_back({value, value < 1 ? exact_text(value) : short_count(value)});
    }
  }
  return ticks;
}

}  // namespace

double nice_step(double x) {
  const double power = std::pow(10.0, std::floor(std::log10(x)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= x * (1 - slack)) return factor * power;
  return 10 * power;
}

axis_scale axis_scale::linear(double lowest, double highest, double first, double last) {
  if (!(highest > lowest)) highest = lowest + 1;
  return {lowest, highest, first, last, false};
}

axis_scale axis_scale::logarithmic(double lowest, double highest, double first, double last) {
  if (!(highest > lowest * (1 + slack))) {
    lowest /= 2;
    highest = std::max(highest, lowest) * 2;
  }
  return {lowest, highest, first, last, true};
}

axis_scale axis_scale::counts(double highest, double first, double last) {
  if (!(highest > 0)) highest = 1;
  const double step = nice_step(highest / 4);
  return {0, std::ceil(highest / step - slack) * step, first, last, false};
}

double axis_scale::place(double value) const noexcept {
  const double share = logarithmic_ ? std::log(value / lowest_) / std::log(highest_ / lowest_)
                                    : (value - lowest_) / (highest_ - lowest_);
  return first_ + share * (last_ - first_);
}

std::vector<axis_tick> axis_scale::ticks(int wanted) const {
  if (!logarithmic_) return linear_ticks(lowest_, highest_, wanted);
  std::vector<axis_tick> ticks = logarithmic_ticks(lowest_, highest_, wanted);
  // Within less than a decade there may be no round number of this kind.
  return ticks.size() < 3 ? linear_ticks(lowest_, highest_, std::min(wanted, 4)) : ticks;
}

}  // namespace calibrant
