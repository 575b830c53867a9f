#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <calibrant/core/weights.hpp>
#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/evaluation/evaluation_state.hpp>
#include <calibrant/evaluation/evaluator.hpp>

#include "python/bindings/arrays.hpp"

namespace calibrant::python {

/// What the command's options of the same names say, with its defaults. Absent: as the core has it.
struct settings {
  std::string kind = "probabilities";  ///< or logits, top_label
  std::size_t bins = 15;
  std::string weight_kind = "frequency";
  std::string on_invalid = "error";
  bool renormalize = false;
  std::optional<double> log_floor;
  std::optional<std::uint64_t> exact_rows;
  std::optional<std::vector<std::string>> metrics;  ///< names; absent: the default panel
  bool whole_panel = false;                         ///< measure all that a state file holds, whatever `metrics` names
  std::optional<std::string> peer;                  ///< another package, whose numbers of `metrics` are taken
  std::optional<bool> per_class_reliability;
  std::optional<double> level;
  std::optional<double> norm;
  std::optional<std::size_t> top_k;
  std::optional<double> min_probability;
  std::optional<double> coverage;
  std::optional<double> risk;
  std::optional<double> threshold;
  std::optional<std::uint64_t> seed;
  std::optional<std::size_t> draws;
  std::optional<std::size_t> bootstrap;
  std::size_t threads = 0;  ///< 0: every processor
};

[[nodiscard]] score_kind kind_of(const settings& options);
[[nodiscard]] evaluation_options evaluation_options_of(const settings& options);
[[nodiscard]] evaluation_config config_of(const settings& options, class_names classes);
[[nodiscard]] pass_options pass_options_of(const settings& options);

/// The labels that name no class (refused_label), all with the complaint about the first; none without a complaint.
[[nodiscard]] row_problems refused_labels(const vector_of<std::int32_t>& labels, const std::string& complaint);

}  // namespace calibrant::python
