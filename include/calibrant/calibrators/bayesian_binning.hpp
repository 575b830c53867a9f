#pragma once

#include <cstddef>

#include <calibrant/calibrators/histogram_binning.hpp>

namespace calibrant {

/// Bayesian binning into quantiles, BBQ (Naeini, Cooper, Hauskrecht 2015), of each class against the rest: the values
/// of bins of equal mass, averaged over every number of bins from n^(1/3)/10 to 10 n^(1/3) by how probable the rows
/// make it; then divided by the sum of the row. n is the total weight.
///
/// A number of bins B has the score prod_b [Gamma(a)/Gamma(N_b + a)] [Gamma(m_b + a q_b)/Gamma(a q_b)]
/// [Gamma(n_b + a(1 - q_b))/Gamma(a(1 - q_b))] with a = 2/B, the middle q_b of bin b, and the weights m_b of hits, n_b
/// of misses and N_b of both in it; its value there is (m_b + a q_b)/(N_b + a). Numbers of bins below 1e-4 of the best
/// score are left out. An average of functions that are constant in bins is one too, in the bins of all of them.
/// O(n) a class and O(n^(1/3) bins log n); a class without rows gets less than 2/n.
[[nodiscard]] fitted_map fit_bayesian_binning(const training_set& rows);

}  // namespace calibrant
