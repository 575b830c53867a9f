// The kernels that calibrators use against their scalar definition, bit by bit, and against the formulas.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "row_fixture.hpp"
#include "simd/kernels.hpp"

namespace calibrant::simd {
namespace {

using testing::guarded_memory;
using testing::guarded_rows;

constexpr double infinity = std::numeric_limits<double>::infinity();

struct tempered {
  explicit tempered(std::size_t n) : loss(n, -1), slope(n, -1), variance(n, -1) {}
  std::vector<double> loss;
  std::vector<double> slope;
  std::vector<double> variance;
  [[nodiscard]] tempered_rows pointers() { return {loss.data(), slope.data(), variance.data()}; }
  friend bool operator==(const tempered&, const tempered&) = default;
};

template <class T>
class TemperKernels : public ::testing::Test {
 protected:
  std::mt19937_64 random{77};
};
using element_types = ::testing::Types<float, double, float16>;
TYPED_TEST_SUITE(TemperKernels, element_types);

TYPED_TEST(TemperKernels, TemperLikeTheDefinition) {
  using T = TypeParam;
  for (const std::size_t K : {2, 3, 7, 8, 9, 10, 16, 17, 63, 64, 65, 80, 100, 257, 1000}) {
    for (const std::size_t n : {1, 7, 8, 9, 33}) {
      for (const auto side : {guarded_memory::flush::with_end, guarded_memory::flush::with_begin}) {
        auto values = testing::normal_logits(n, K, 3.0, this->random);
        std::vector<std::int32_t> labels(n);
        for (std::size_t i = 0; i < n; ++i) {
          labels[i] = static_cast<std::int32_t>(this->random() % K);
          if (i % 3 == 1) values[i][(static_cast<std::size_t>(labels[i]) + 1) % K] = -infinity;
        }
        const guarded_rows<T> rows(values, side);
        for (const double beta : {0.01, 1.0, 30.0}) {
          tempered expected(n);
          available_targets().back()->rows<T>().temper(rows.data(), n, K, labels.data(), beta, expected.pointers());
          for (const kernels* target : available_targets()) {
            tempered got(n);
            target->rows<T>().temper(rows.data(), n, K, labels.data(), beta, got.pointers());
            if (target->name != "sse4") {
              ASSERT_EQ(got, expected) << target->name << " K = " << K << " n = " << n;
              continue;
            }
            for (std::size_t i = 0; i < n; ++i) {  // without fused multiplication exp rounds differently
              ASSERT_NEAR(got.loss[i], expected.loss[i], 1e-12 * (1 + expected.loss[i]));
              ASSERT_NEAR(got.slope[i], expected.slope[i], 1e-12 * (1 + std::abs(expected.slope[i])));
              ASSERT_NEAR(got.variance[i], expected.variance[i], 1e-11 * (1 + expected.variance[i]));
            }
          }
        }
      }
    }
  }
}

TYPED_TEST(TemperKernels, SoftmaxAloneIsTheSoftmaxThatIsSummarized) {
  using T = TypeParam;
  for (const std::size_t K : {2, 3, 8, 10, 63, 64, 65, 100, 257, 1000}) {
    for (const std::size_t n : {1, 8, 11}) {
      auto values = testing::normal_logits(n, K, 3.0, this->random);
      values[0][0] = -infinity;
      const guarded_rows<T> rows(values, guarded_memory::flush::with_end);
      const std::vector<std::int32_t> labels(n, 0);
      std::array<std::vector<double>, 9> field;
      for (auto& f : field) f.resize(n);
      std::vector<std::int32_t> predictions(n);
      for (const kernels* target : available_targets()) {
        std::vector<double> expected(n * K);
        target->rows<T>().softmax(
            rows.data(), n, K, labels.data(), expected.data(),
            {field[0].data(), predictions.data(), field[1].data(), field[2].data(), field[3].data(), field[4].data(),
             field[5].data(), field[6].data(), field[7].data(), field[8].data()});
        std::vector<double> got(n * K, -1.0);
        target->rows<T>().softmax_alone(rows.data(), n, K, got.data());
        ASSERT_EQ(got, expected) << target->name << " K = " << K << " n = " << n;
      }
    }
  }
}

TEST(TemperKernelsInSinglePrecision, LikeTheDefinitionAndNearTheExactOnes) {
  std::mt19937_64 random(78);
  for (const std::size_t K : {2, 15, 16, 17, 65, 100, 1000}) {
    constexpr std::size_t n = 9;
    auto values = testing::normal_logits(n, K, 3.0, random);
    std::vector<std::int32_t> labels(n);
    for (std::size_t i = 0; i < n; ++i) {
      labels[i] = static_cast<std::int32_t>(random() % K);
      if (i % 3 == 1) values[i][(static_cast<std::size_t>(labels[i]) + 1) % K] = -infinity;
    }
    const guarded_rows<float> rows(values, guarded_memory::flush::with_end);
    for (const double beta : {0.01, 1.0, 30.0}) {
      const kernels& definition = *available_targets().back();
      tempered expected(n);
      definition.temper_single(rows.data(), n, K, labels.data(), beta, expected.pointers());
      tempered exact(n);
      definition.rows<float>().temper(rows.data(), n, K, labels.data(), beta, exact.pointers());
      for (std::size_t i = 0; i < n; ++i) {
        ASSERT_NEAR(expected.loss[i], exact.loss[i], 1e-6 * (1 + exact.loss[i]));
        ASSERT_NEAR(expected.slope[i], exact.slope[i], 1e-5 * (1 + std::abs(exact.slope[i])));
        ASSERT_NEAR(expected.variance[i], exact.variance[i], 1e-4 * (1 + exact.variance[i]));
      }
      for (const kernels* target : available_targets()) {
        tempered got(n);
        target->temper_single(rows.data(), n, K, labels.data(), beta, got.pointers());
        if (target->name != "sse4") {
          ASSERT_EQ(got, expected) << target->name << " K = " << K;
          continue;
        }
        for (std::size_t i = 0; i < n; ++i) {  // float64 logarithms without fused multiplication round differently
          ASSERT_NEAR(got.loss[i], expected.loss[i], 1e-12 * (1 + expected.loss[i]));
          ASSERT_NEAR(got.slope[i], expected.slope[i], 1e-12 * (1 + std::abs(expected.slope[i])));
          ASSERT_NEAR(got.variance[i], expected.variance[i], 1e-12 * (1 + expected.variance[i]));
        }
      }
    }
  }
}

TYPED_TEST(TemperKernels, TemperIsTheFormula) {
  using T = TypeParam;
  for (const std::size_t K : {3, 100}) {
    const auto values = testing::normal_logits(5, K, 2.0, this->random);
    const guarded_rows<T> rows(values, guarded_memory::flush::with_end);
    const std::array<std::int32_t, 5> labels = {0, 1, 2, 1, 0};
    constexpr double beta = 0.7;
    tempered got(5);
    active_target().rows<T>().temper(rows.data(), 5, K, labels.data(), beta, got.pointers());
    for (std::size_t i = 0; i < 5; ++i) {
      long double total = 0;
      long double mean = 0;
      long double square = 0;
      for (std::size_t k = 0; k < K; ++k) {
        const long double z = to_double(rows.data()[i][k]);
        const long double e = std::exp(static_cast<long double>(beta) * z);
        total += e;
        mean += e * z;
        square += e * z * z;
      }
      mean /= total;
      const long double label = to_double(rows.data()[i][labels[i]]);
      EXPECT_NEAR(got.loss[i], static_cast<double>(std::log(total) - static_cast<long double>(beta) * label), 1e-13);
      EXPECT_NEAR(got.slope[i], static_cast<double>(mean - label), 1e-13);
      EXPECT_NEAR(got.variance[i], static_cast<double>(square / total - mean * mean), 1e-12);
    }
  }
}

TYPED_TEST(TemperKernels, FlooredLogsLikeTheDefinition) {
  using T = TypeParam;
  constexpr double floor = 0x1p-126;
  for (const std::size_t count : {1, 7, 8, 9, 16, 23, 100}) {
    std::vector<std::vector<double>> values(1, std::vector<double>(count));
    for (double& x : values[0]) x = std::ldexp(1.0, -static_cast<int>(this->random() % 30));
    values[0][count / 2] = 0;
    const guarded_rows<T> rows(values, guarded_memory::flush::with_end);
    std::vector<double> expected(count);
    available_targets().back()->rows<T>().floored_logs(rows.data()[0], count, floor, expected.data());
    for (const kernels* target : available_targets()) {
      std::vector<double> got(count + 1, -7.0);
      target->rows<T>().floored_logs(rows.data()[0], count, floor, got.data());
      EXPECT_EQ(got[count], -7.0) << target->name;
      got.pop_back();
      EXPECT_EQ(got, expected) << target->name;
    }
    for (std::size_t j = 0; j < count; ++j)
      EXPECT_NEAR(expected[j], std::log(std::max(to_double(rows.data()[0][j]), floor)), 1e-14 * 88);
  }
}

}  // namespace
}  // namespace calibrant::simd
