#pragma once

namespace calibrant {

/// A closed interval of the number line, in the unit of the quantity it is about.
struct interval {
  double lower = 0;
  double upper = 0;
  friend bool operator==(const interval&, const interval&) = default;
};

}  // namespace calibrant
