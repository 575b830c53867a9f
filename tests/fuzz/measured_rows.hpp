#pragma once

#include <algorithm>
#include <cstddef>

#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/evaluation/evaluator.hpp>
#include <calibrant/io/evaluation_json.hpp>

#include "fuzz/expectations.hpp"
#include "io/detail/row_keys.hpp"

namespace calibrant::fuzz {

/// Rows as a reader delivered them go through the pass and into JSON; whatever they hold, that either works or is
/// refused.
inline void measure_rows(const batch_buffers& rows, const io::row_keys& keys, score_kind kind) {
  const std::size_t K = keys.classes().size();
  for (const std::int32_t label : rows.labels)
    require(label == refused_label || (label == soft_label && !rows.label_shares.empty()) ||
                (label >= 0 && static_cast<std::size_t>(label) < std::max<std::size_t>(K, 2)),
            "a label outside the classes");
  for (const std::int32_t prediction : rows.predictions)
    require(prediction == refused_label || (prediction >= 0 && static_cast<std::size_t>(prediction) < K),
            "a prediction outside the classes");
  for (const std::int32_t group : rows.groups)
    require(group >= 0 && static_cast<std::size_t>(group) < keys.groups().names().size(), "a group without a name");
  static thread_pool pool(1);
  accepted([&] {
    evaluator pass({.classes = keys.classes(), .kind = kind, .bins = 3, .log_floor = {}},
                   {.on_invalid = invalid_policy::skip}, pool);
    pass.accumulate(rows.batch(kind, K));
    const evaluation_state state = pass.finish({{.path = "input", .rows = rows.rows, .sha256 = {}}},
                                               keys.groups().names(), keys.problems(), !rows.weights.empty());
    require(!evaluation_json(evaluate(state), {}).empty(), "an empty result");
  });
}

}  // namespace calibrant::fuzz
