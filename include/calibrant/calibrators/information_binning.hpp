#pragma once

#include <cstddef>
#include <cstdint>

#include <calibrant/calibrators/histogram_binning.hpp>

namespace calibrant {

struct information_binning_options {
  std::size_t bins = 15;
  bool shared = true;      ///< one set of bins for all classes
  std::uint64_t seed = 0;  ///< of the draws that the search starts from
};

/// I-Max binning (Patel, Beluch, Yang, Pfeiffer, Zhang 2021), of each class against the rest or of all pairs of a
/// probability and its class together (`shared`): bins that keep most of the information that the log odds x of a class
/// have about the label. Bin b has the representative phi_b = ln(sum sigma(x) / sum sigma(-x)) over its rows, and the
/// edge between two bins is where both fit equally well; either follows from the other until nothing moves. The value
/// of a bin is the share of hits among its rows; then a row is divided by its sum.
///
/// It starts from scores drawn apart from one another (k-means++ with the Jensen-Shannon divergence). Written from the
/// paper alone. O(n log n + passes B log n) a curve, at most 200 passes; `shared` sorts n K numbers.
[[nodiscard]] fitted_map fit_information_binning(const training_set& rows, const information_binning_options& options);

}  // namespace calibrant
