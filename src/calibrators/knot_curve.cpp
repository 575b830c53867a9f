#include <calibrant/calibrators/knot_curve.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <utility>

namespace calibrant {
namespace {

// A shortcut to the knots near a score: slots that are a sixteenth of a power of two wide, since scores crowd near 0.
constexpr std::int64_t first_slot_bits = std::bit_cast<std::int64_t>(0x1p-126) >> 48;
constexpr std::size_t slots = 126 * 16 + 1;  ///< the last one begins at 1

std::size_t slot_of(double score) noexcept {
  const std::int64_t slot = (std::bit_cast<std::int64_t>(score) >> 48) - first_slot_bits;
  return static_cast<std::size_t>(std::clamp<std::int64_t>(slot, 0, slots - 1));
}

}  // namespace

knot_curve::knot_curve(std::vector<double> x, std::vector<double> y)
    : x_(std::move(x)), y_(std::move(y)), starts_(slots + 1, 0) {
  for (const double knot : x_) ++starts_[slot_of(knot) + 1];
  for (std::size_t s = 0; s < slots; ++s) starts_[s + 1] += starts_[s];
}

double knot_curve::at(double score, curve_shape shape) const noexcept {
  const std::size_t slot = slot_of(score);
  std::size_t above = starts_[slot];
  const std::size_t end = starts_[slot + 1];
  constexpr std::size_t few = 8;
  if (end - above > few)
    above = static_cast<std::size_t>(std::upper_bound(&x_[above], x_.data() + end, score) - x_.data());
  else
    while (above < end && x_[above] <= score) ++above;
  if (above == 0) return y_.front();
  const std::size_t j = above - 1;
  if (shape == curve_shape::stepwise || above == x_.size() || x_[j] == score) return y_[j];
  const double slope = (y_[j + 1] - y_[j]) / (x_[j + 1] - x_[j]);
  const auto [lower, upper] = std::minmax(y_[j], y_[j + 1]);
  return std::clamp(y_[j] + slope * (score - x_[j]), lower, upper);
}

}  // namespace calibrant
