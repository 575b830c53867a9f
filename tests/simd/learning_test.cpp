// The kernels that linear calibrators learn with against their scalar definition, bit by bit, and against the formulas.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string_view>
#include <vector>

#include "row_fixture.hpp"
#include "simd/kernels.hpp"

namespace calibrant::simd {
namespace {

using testing::guarded_memory;
using testing::guarded_rows;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Without fused multiplication float64 products are rounded before they are added.
void expect_same(const std::vector<double>& got, const std::vector<double>& expected, std::string_view target) {
  ASSERT_EQ(got.size(), expected.size());
  if (target != "sse4") {
    ASSERT_EQ(got, expected) << target;
    return;
  }
  for (std::size_t j = 0; j < got.size(); ++j)
    ASSERT_NEAR(got[j], expected[j], 1e-12 * (1 + std::abs(expected[j]))) << target << " " << j;
}

std::vector<double> normal_numbers(std::size_t count, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  std::vector<double> x(count);
  for (double& e : x) e = normal(random);
  return x;
}

std::vector<std::int32_t> some_labels(std::size_t n, std::size_t K, std::mt19937_64& random) {
  std::vector<std::int32_t> labels(n);
  for (auto& y : labels) y = static_cast<std::int32_t>(random() % K);
  return labels;
}

template <class T>
class LearningKernels : public ::testing::Test {
 protected:
  std::mt19937_64 random{91};
};
using element_types = ::testing::Types<float, double, float16>;
TYPED_TEST_SUITE(LearningKernels, element_types);

TYPED_TEST(LearningKernels, VectorRowsLikeTheDefinitionAndTheFormula) {
  using T = TypeParam;
  for (const std::size_t K : {2, 7, 8, 9, 24, 25, 100}) {
    for (const std::size_t n : {1, 4, 5, 11}) {
      const guarded_rows<T> rows(testing::normal_logits(n, K, 3.0, this->random), guarded_memory::flush::with_end);
      const std::vector<std::int32_t> labels = some_labels(n, K, this->random);
      std::vector<double> weights = normal_numbers(n, this->random);
      for (double& w : weights) w *= w;
      const std::size_t padded = padded_columns(K);
      std::vector<double> slopes = normal_numbers(K, this->random);
      std::vector<double> offsets = normal_numbers(K, this->random);
      slopes.resize(padded, 0.0);
      offsets.resize(padded, -infinity);
      const auto sums_of = [&](const kernels& target) {
        std::vector<double> p(padded, 1.0);
        std::vector<double> p_score(padded, 2.0);
        std::vector<double> loss(n);
        std::vector<double> memory(rows_at_once * padded);
        target.rows<T>().add_vector_rows(
            rows.data(), n, K, labels.data(), weights.data(),
            {slopes.data(), offsets.data(), p.data(), p_score.data(), loss.data(), memory.data()});
        p.resize(K);
        p_score.resize(K);
        p.insert(p.end(), p_score.begin(), p_score.end());
        p.insert(p.end(), loss.begin(), loss.end());
        return p;
      };
      const std::vector<double> expected = sums_of(*available_targets().back());
      for (const kernels* target : available_targets()) expect_same(sums_of(*target), expected, target->name);

      std::vector<long double> p(K, 1.0L);
      std::vector<long double> p_score(K, 2.0L);
      for (std::size_t i = 0; i < n; ++i) {
        const auto e = [&](std::size_t k) {
          return std::exp(static_cast<long double>(slopes[k] * to_double(rows.data()[i][k]) + offsets[k]));
        };
        long double sum = 0;
        for (std::size_t k = 0; k < K; ++k) sum += e(k);
        for (std::size_t k = 0; k < K; ++k) {
          p[k] += weights[i] * e(k) / sum;
          p_score[k] += weights[i] * e(k) / sum * to_double(rows.data()[i][k]);
        }
        const auto y = static_cast<std::size_t>(labels[i]);
        EXPECT_NEAR(expected[2 * K + i], static_cast<double>(std::log(sum / e(y))), 1e-13 * (1 + expected[2 * K + i]));
      }
      for (std::size_t k = 0; k < K; ++k) {
        EXPECT_NEAR(expected[k], static_cast<double>(p[k]), 1e-13 * (1 + expected[k]));
        EXPECT_NEAR(expected[K + k], static_cast<double>(p_score[k]), 1e-12 * (1 + std::abs(expected[K + k])));
      }
    }
  }
}

TEST(LearningKernelsInSinglePrecision, VectorRowsLikeTheDefinitionAndNearTheExactOnes) {
  std::mt19937_64 random(92);
  for (const std::size_t K : {2, 7, 16, 17, 31, 100}) {
    for (const std::size_t n : {1, 4, 5, 11}) {
      const guarded_rows<float> rows(testing::normal_logits(n, K, 3.0, random), guarded_memory::flush::with_end);
      const std::vector<std::int32_t> labels = some_labels(n, K, random);
      std::vector<double> weights = normal_numbers(n, random);
      for (double& w : weights) w *= w;
      std::vector<double> slopes = normal_numbers(K, random);
      std::vector<double> offsets = normal_numbers(K, random);
      const auto sums_of = [&]<class Real>(Real, std::size_t padded, auto kernel) {
        std::vector<Real> v(slopes.begin(), slopes.end());
        std::vector<Real> b(offsets.begin(), offsets.end());
        v.resize(padded, 0);
        b.resize(padded, -std::numeric_limits<Real>::infinity());
        std::vector<double> p(padded, 1.0);
        std::vector<double> p_score(padded, 2.0);
        std::vector<double> loss(n);
        std::vector<Real> memory(rows_at_once * padded);
        kernel(rows.data(), n, K, labels.data(), weights.data(),
               vector_sums_in<Real>{v.data(), b.data(), p.data(), p_score.data(), loss.data(), memory.data()});
        p.resize(K);
        p.insert(p.end(), p_score.begin(), p_score.begin() + static_cast<std::ptrdiff_t>(K));
        p.insert(p.end(), loss.begin(), loss.end());
        return p;
      };
      const auto single = [&](const kernels& target) {
        return sums_of(0.0F, single_columns(K), target.add_vector_rows_single);
      };
      const kernels& definition = *available_targets().back();
      const std::vector<double> expected = single(definition);
      for (const kernels* target : available_targets()) expect_same(single(*target), expected, target->name);
      const std::vector<double> exact = sums_of(0.0, padded_columns(K), definition.rows<float>().add_vector_rows);
      ASSERT_EQ(expected.size(), exact.size());
      for (std::size_t j = 0; j < exact.size(); ++j)
        EXPECT_NEAR(expected[j], exact[j], 2e-5 * (1 + std::abs(exact[j]))) << K << " " << j;
    }
  }
}

/// Entry (i, j) of a matrix of n rows in panels.
std::size_t place(std::size_t i, std::size_t j, std::size_t n) {
  return (j / panel_columns * n + i) * panel_columns + j % panel_columns;
}

TEST(LearningSums, PanelProductsLikeTheDefinition) {
  std::mt19937_64 random{92};
  for (const std::size_t rows : {8, 24, 32}) {
    for (const std::size_t inner : {1, 24, 25, 60}) {
      for (const std::size_t columns : {1, 8, 9, 17, 24}) {
        for (const bool transposed : {false, true}) {
          const std::size_t stored = transposed ? inner : rows;  // rows of the panels of a
          const std::vector<double> a = normal_numbers(place(0, 96, stored), random);
          const std::vector<double> b = normal_numbers(inner * panel_columns, random);
          const std::vector<double> start = normal_numbers(rows * panel_columns, random);
          const left_factor left{a.data(), stored * panel_columns, transposed};
          std::vector<double> expected = start;
          for (std::size_t i = 0; i < rows; ++i)
            for (std::size_t k = 0; k < padded_columns(columns); ++k)
              for (std::size_t j = 0; j < inner; ++j) {
                double& sum = expected[i * panel_columns + k];
                sum =
                    std::fma(a[transposed ? place(j, i, stored) : place(i, j, stored)], b[j * panel_columns + k], sum);
              }
          for (const kernels* target : available_targets()) {
            std::vector<double> got = start;
            target->add_panel_product(left, b.data(), rows, inner, columns, got.data());
            expect_same(got, expected, target->name);
          }
        }
      }
    }
  }
}

TEST(LearningSums, SoftmaxOfPanelsLikeTheDefinition) {
  std::mt19937_64 random{93};
  for (const std::size_t K : {2, 8, 9, 24, 25, 31, 100}) {
    constexpr std::size_t n = 5;
    const std::vector<std::int32_t> labels = some_labels(n, K, random);
    const std::vector<double> weights = {1, 2, 0, 0.5, 1};
    std::vector<double> x(place(0, (K + 23) / 24 * 24, n), -infinity);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t k = 0; k < K; ++k) x[place(i, k, n)] = normal_numbers(1, random)[0] * 4;
    const auto softmax_of = [&](const kernels& target) {
      std::vector<double> p = x;
      std::vector<double> loss(n);
      target.softmax_panels(p.data(), n, K, labels.data(), weights.data(), loss.data());
      std::vector<double> all = loss;
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t k = 0; k < padded_columns(K); ++k) all.push_back(p[place(i, k, n)]);
      return all;
    };
    const std::vector<double> expected = softmax_of(*available_targets().back());
    for (const kernels* target : available_targets()) expect_same(softmax_of(*target), expected, target->name);
    for (std::size_t i = 0; i < n; ++i) {
      double total = 0;
      for (std::size_t k = 0; k < padded_columns(K); ++k) total += expected[n + i * padded_columns(K) + k];
      EXPECT_NEAR(total, weights[i], 1e-14);
      const double p = expected[n + i * padded_columns(K) + static_cast<std::size_t>(labels[i])];
      if (weights[i] > 0) {
        EXPECT_NEAR(expected[i], -std::log(p / weights[i]), 1e-13 * (1 + expected[i]));
      }
    }
  }
}

TEST(LearningSums, LogisticRowsLikeTheDefinitionAndTheFormula) {
  std::mt19937_64 random{94};
  for (const std::size_t n : {1, 7, 8, 9, 4095, 4096, 4097, 9001}) {
    std::vector<double> scores = normal_numbers(n, random);
    for (double& s : scores) s *= 20;
    std::vector<double> weights = normal_numbers(n, random);
    for (double& w : weights) w *= w;
    for (const bool weighted : {false, true}) {
      constexpr double a = 1.5;
      constexpr double b = -0.3;
      const double* const w = weighted ? weights.data() : nullptr;
      const auto sums_of = [&](const kernels& target) {
        const logistic_sums s = target.add_logistic_rows(scores.data(), w, n, a, b);
        return std::vector<double>{s.loss, s.p[0], s.p[1], s.pq[0], s.pq[1], s.pq[2]};
      };
      const std::vector<double> expected = sums_of(*available_targets().back());
      for (const kernels* target : available_targets()) expect_same(sums_of(*target), expected, target->name);
      long double sums[6] = {};
      for (std::size_t i = 0; i < n; ++i) {
        const long double s = scores[i];
        const long double e = std::exp(static_cast<long double>(a) * s + static_cast<long double>(b));
        const long double p = e / (1 + e);
        const long double spread = e / ((1 + e) * (1 + e));
        const long double terms[6] = {std::log1p(e), p, p * s, spread, spread * s, spread * s * s};
        for (std::size_t j = 0; j < 6; ++j) sums[j] += terms[j] * static_cast<long double>(weighted ? weights[i] : 1.0);
      }
      for (std::size_t j = 0; j < 6; ++j)
        EXPECT_NEAR(expected[j], static_cast<double>(sums[j]), 1e-11 * (1 + std::abs(expected[j]))) << n << " " << j;
    }
  }
}

TEST(LearningSums, SigmoidsLikeTheDefinitionAndTheFormula) {
  std::mt19937_64 random{95};
  for (const std::size_t n : {1, 7, 8, 9, 100}) {
    std::vector<double> scores = normal_numbers(n, random);
    scores[0] = 1e6;
    const std::vector<double> slopes = normal_numbers(n, random);
    const std::vector<double> offsets = normal_numbers(n, random);
    const auto sigmoids_of = [&](const kernels& target) {
      std::vector<double> p(n);
      target.sigmoids(scores.data(), slopes.data(), offsets.data(), n, p.data());
      return p;
    };
    const std::vector<double> expected = sigmoids_of(*available_targets().back());
    for (const kernels* target : available_targets()) expect_same(sigmoids_of(*target), expected, target->name);
    for (std::size_t j = 0; j < n; ++j)
      EXPECT_NEAR(expected[j], 1 / (1 + std::exp(-(slopes[j] * scores[j] + offsets[j]))), 1e-15);
  }
}

}  // namespace
}  // namespace calibrant::simd
