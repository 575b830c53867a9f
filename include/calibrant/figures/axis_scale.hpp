#pragma once

#include <string>
#include <vector>

namespace calibrant {

struct axis_tick {
  double value = 0;
  std::string label;
};

/// Places numbers of [lowest, highest] on paper between `first` and `last` (SVG's y grows downwards: first > last).
class axis_scale {
 public:
  [[nodiscard]] static axis_scale linear(double lowest, double highest, double first, double last);
  /// 0 < lowest; a range that is a point is widened.
  [[nodiscard]] static axis_scale logarithmic(double lowest, double highest, double first, double last);
  /// Linear from 0 to a round number that is at least `highest`.
  [[nodiscard]] static axis_scale counts(double highest, double first, double last);

  [[nodiscard]] double place(double value) const noexcept;
  [[nodiscard]] double operator()(double value) const noexcept { return place(value); }
  [[nodiscard]] double lowest() const noexcept { return lowest_; }
  [[nodiscard]] double highest() const noexcept { return highest_; }
  [[nodiscard]] double first() const noexcept { return first_; }
  [[nodiscard]] double last() const noexcept { return last_; }

  /// Round numbers within the scale, about `wanted` of them and never more than twice as many: multiples of 1, 2 or 5
  /// times a power of ten; on a logarithmic scale powers of ten, and 2 and 5 times them where there are few.
  [[nodiscard]] std::vector<axis_tick> ticks(int wanted) const;

 private:
  axis_scale(double lowest, double highest, double first, double last, bool logarithmic)
      : lowest_(lowest), highest_(highest), first_(first), last_(last), logarithmic_(logarithmic) {}

  double lowest_;
  double highest_;
  double first_;
  double last_;
  bool logarithmic_;
};

/// The smallest of 1, 2 or 5 times a power of ten that is at least x > 0.
[[nodiscard]] double nice_step(double x);

}  // namespace calibrant
