#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <calibrant/evaluation/calibration_model.hpp>
#include <calibrant/evaluation/evaluator.hpp>
#include <calibrant/evaluation/streaming.hpp>

namespace calibrant {

/// The method that chooses among the calibrators (automatic_selection.hpp). It reads "score" (log_loss, brier) and
/// "seed".
inline constexpr std::string_view automatic_method = "auto";

/// Which calibrator is to learn, or `automatic_method`, and its options as texts.
struct fit_request {
  std::string method;
  std::vector<std::pair<std::string, std::string>> options;
  std::optional<class_scores> target = {};  ///< rows without labels, for methods that need them; views of memory
};

/// Throws error (invalid_argument) on an unknown method or option, or a value that the option does not take.
void check_request(const fit_request& request);

/// Scores of all rows of a source, in memory: labels do not count, but every row must keep the rules of its kind.
class gathered_scores {
 public:
  /// Throws error as a pass does.
  gathered_scores(batch_source& source, const pass_options& options, const progress_callback& progress = {});
  gathered_scores(const gathered_scores&) = delete;
  gathered_scores& operator=(const gathered_scores&) = delete;
  ~gathered_scores();

  [[nodiscard]] const class_names& classes() const noexcept;
  [[nodiscard]] class_scores values() const;

 private:
  struct memory;
  std::unique_ptr<memory> memory_;
};

/// Learns from all rows of a source. Throws error as a pass does (evaluator), and (invalid_argument) on an unknown
/// method or option or a value that the option does not take; (shape_mismatch) on confidences; (invalid_labels) on soft
/// labels. Memory: the rows as they are read, and what the method needs.
[[nodiscard]] calibration_model fit_model(batch_source& source, const fit_request& request, const pass_options& options,
                                          thread_pool& pool, const progress_callback& progress = {});

/// Learns from the rows of one batch in memory, without a copy unless a row is left out. `known` are problems found
/// before; `sources` describe the batch.
[[nodiscard]] calibration_model fit_model(const prediction_batch& batch, const class_names& classes,
                                          const fit_request& request, const pass_options& options,
                                          std::vector<source_info> sources, const row_problems& known,
                                          thread_pool& pool);

}  // namespace calibrant
