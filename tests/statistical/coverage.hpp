#pragma once

#include <cstddef>
#include <string>

#include "statistical/simulation.hpp"

namespace calibrant::simulation {

/// Share of repetitions in which an event happened.
struct share {
  std::size_t hits = 0;
  std::size_t trials = 0;

  void add(bool hit) noexcept {
    hits += hit ? 1 : 0;
    ++trials;
  }
  [[nodiscard]] double value() const noexcept { return static_cast<double>(hits) / static_cast<double>(trials); }
};

/// Bound on the probability of so few hits when each repetition hits with probability at least `p` (Chernoff:
/// exp(-trials KL(value, p)), 1 if the value is not below p).
[[nodiscard]] double false_alarm_of_low(share s, double p);
/// The same for so many hits when each repetition hits with probability at most `p`.
[[nodiscard]] double false_alarm_of_high(share s, double p);

/// Coverage of one interval: how often it held the population value, fell short below it, and its mean width.
struct coverage {
  share held;
  share above;  ///< whole interval above the population value
  share below;  ///< whole interval below it
  double width = 0;
};

/// What repeated samples of one population say about the inference of binned errors, at level 0.95.
struct study {
  std::string name;
  errors truth;
  double accuracy = 0;
  std::size_t n = 0;
  std::size_t repetitions = 0;
  coverage ece, rms, rms_paper, max, classwise, last_class, top_label_conditional;
  share l1_p_05, l1_p_01;  ///< p-value of ECE at most .05, .01
  share l2_p_05, l2_p_01;  ///< p-value of T
  share classwise_p_05, last_class_p_05;
  double mean_ece = 0, mean_expected = 0, se_ece = 0;  ///< se: of the mean
  double mean_rms = 0, mean_expected_rms = 0, se_rms = 0;
  double mean_classwise = 0, mean_expected_classwise = 0, se_classwise = 0;
};

struct study_options {
  std::string name;
  population_options population;
  double ece = 0;  ///< population ECE aimed at
  std::size_t n = 200;
  std::size_t repetitions = 1000;
  sample_weights weights = sample_weights::none;
};

[[nodiscard]] study run_study(const study_options& options);

}  // namespace calibrant::simulation
