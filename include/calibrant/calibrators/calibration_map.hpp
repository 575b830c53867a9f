#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <calibrant/calibrators/operator_graph.hpp>

namespace calibrant {

/// In which form a map reads its rows.
enum class score_form {
  log_scores,         ///< logits as they are, or ln max(p, floor)
  log_probabilities,  ///< ln max(p, floor), of logits z - ln sum exp z
  log_odds,           ///< ln p - ln (1 - p), between the floor's logarithm and its negative
  probabilities,      ///< probabilities, or the softmax of logits
};

/// A learned number, list or table of a map, as a model file keeps it.
struct parameter {
  std::string name;
  std::vector<std::size_t> shape;  ///< empty: one number
  std::vector<double> values;      ///< row-major
};

/// A learned map from rows of K scores to probability rows. Immutable; any number of threads may use it at once.
class calibration_map {
 public:
  calibration_map() = default;
  calibration_map(const calibration_map&) = delete;
  calibration_map& operator=(const calibration_map&) = delete;
  virtual ~calibration_map() = default;

  [[nodiscard]] virtual score_form reads() const noexcept = 0;
  /// Whether a logit of -infinity stays a probability of 0. Other maps read the floor's logarithm there.
  [[nodiscard]] virtual bool keeps_zeros() const noexcept { return false; }
  /// Maps whole rows of K scores, finite and in the form above, `from`, to as many rows of `p`; rows do not touch one
  /// another. A row without any mass becomes uniform; returns how many such rows there were.
  virtual std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const = 0;
  [[nodiscard]] virtual std::vector<parameter> parameters() const = 0;
  /// Adds the map to a graph, from scores in the form above to probabilities; returns the name of these. Empty:
  /// standard operators cannot express it exactly, and the catalogue says why.
  [[nodiscard]] virtual std::string describe(operator_graph& graph, const std::string& from) const = 0;
};

}  // namespace calibrant
