#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <calibrant/calibrators/calibration_map.hpp>
#include <calibrant/calibrators/training_set.hpp>
#include <calibrant/core/thread_pool.hpp>

namespace calibrant {

/// n rows of K calibrated probabilities, with a number for each that depends on its content alone and draws it.
struct probability_rows {
  std::size_t K = 0;
  std::vector<double> p;
  std::vector<std::uint64_t> draws;

  [[nodiscard]] std::size_t size() const noexcept { return draws.size(); }
  [[nodiscard]] const double* row(std::size_t i) const noexcept { return p.data() + i * K; }
};

/// All rows of `from` as a map gives them; `floor` as row_mapper takes it. Memory: 8 n (K + 1) bytes.
[[nodiscard]] probability_rows mapped_rows(const calibration_map& map, const class_scores& from, double floor,
                                           std::uint64_t seed, thread_pool& pool);

/// Shares of the classes among rows that a map was not learned from, while p(scores | class) is as it was there.
struct label_shift {
  std::vector<double> shares;  ///< pi', K; their sum is 1
  std::vector<double> errors;  ///< standard errors of pi'_k / pi_k
  std::size_t passes = 0;      ///< of the EM algorithm
  bool converged = true;
  double condition = 0;      ///< of the confusion matrix; 0 where there is none
  std::size_t negative = 0;  ///< classes whose estimate was below 0
};

/// The shares of greatest likelihood by the EM algorithm (Saerens, Latinne, Decaestecker 2002): pi'_k becomes the mean
/// of q_ik, proportional to p_ik pi'_k/pi_k, until no share moves by 1e-8, at most 10,000 passes; pi_k > 0 are the
/// shares of the labels of `rows`. Standard errors by a Bayesian bootstrap (Rubin 1981) of 100 draws, of no more than
/// 200,000 of the numbers and scaled accordingly. O(n K) a pass.
[[nodiscard]] label_shift shares_by_likelihood(const training_set& rows, const probability_rows& source,
                                               const probability_rows& target);

/// Black-box shift estimation (Lipton, Wang, Smola 2018): solves C w = mu, where C_jk is the share of `rows` that are
/// predicted j and labelled k, mu_j the share of target rows that are predicted j, and pi' = pi w; negative w become 0.
/// Throws error (invalid_argument) if the condition number of C is above 1,000. `regularised` (after Azizzadenesheli,
/// Liu, Yang, Anandkumar 2019) takes w = 1 + t with the least |C t - (mu - C 1)|^2 + (1/W + 1/n)/K |t|^2 and knows no
/// such limit. Standard errors by a Bayesian bootstrap of 100 draws. O(n K + 100 K^3).
[[nodiscard]] label_shift shares_by_confusion(const training_set& rows, const probability_rows& source,
                                              const probability_rows& target, bool regularised);

}  // namespace calibrant
