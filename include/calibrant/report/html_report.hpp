#pragma once

#include <cstddef>
#include <string>

#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/evaluation/evaluation_state.hpp>
#include <calibrant/evaluation/state_diff.hpp>

namespace calibrant {

struct report_options {
  std::string command = {};                  ///< that makes this page again
  std::string simd = {};                     ///< the instruction set that was used
  const evaluation_state* before = nullptr;  ///< what `state` is set beside: the same rows before a calibrator
  std::string name = "after";                ///< of `state`, where there is a before
  std::string name_before = "before";
  const evaluation_state* baseline = nullptr;  ///< a state of other, earlier rows: what changed since
  const state_diff* diff = nullptr;            ///< what changed since the baseline, and only with it
  std::size_t most_classes = 12;               ///< of small multiples, >= 1
};

/// The evaluation as one HTML page that needs nothing else: no network, and without script every figure and number is
/// there. `result` is an evaluation of `state`; figures and tables read these two, and nothing is computed in another
/// way. Parts whose states were not measured are left out. A content security policy admits the page's own style and
/// script alone, by their SHA-256; names from the data are escaped, isolated and cut. Equal input gives equal bytes.
/// Throws error (invalid_argument) on the state of a peer; no_rows. Complexity O(K B).
[[nodiscard]] std::string html_report(const evaluation_state& state, const evaluation& result,
                                      const report_options& options = {}, thread_pool* pool = nullptr);

/// What a pass over rows of K classes must measure so that nothing of the page is left out.
[[nodiscard]] panel_parts report_parts(const evaluation_options& options, std::size_t classes);

}  // namespace calibrant
