// The bounds that scalar_math.hpp states, against long double (64 bits of mantissa), and what row sums make of them.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "row_fixture.hpp"
#include "simd/kernels.hpp"
#include "simd/scalar_math.hpp"

namespace calibrant::simd {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
static_assert(std::numeric_limits<long double>::digits >= 64, "the reference needs more digits than double");

/// Distance of a double from the true value in units of its last place there; subnormal results have the unit of the
/// smallest.
long double ulps(double got, long double expected) {
  int exponent = 0;
  std::frexp(static_cast<double>(expected), &exponent);
  const long double unit = std::ldexp(1.0L, std::max(exponent - 53, -1074));
  return std::fabs(static_cast<long double>(got) - expected) / unit;
}

TEST(LogFloat32, RelativeErrorOverAllNormalNumbers) {
  const std::uint32_t first = std::bit_cast<std::uint32_t>(std::numeric_limits<float>::min());
  const std::uint32_t last = std::bit_cast<std::uint32_t>(std::numeric_limits<float>::max());
  std::mt19937_64 random(1);
  const auto relative_error = [](std::uint32_t bits) {
    const float x = std::bit_cast<float>(bits);
    const double expected = std::log(static_cast<double>(x));
    const double got = static_cast<double>(scalar::log_f32(x));
    return expected == 0 ? std::abs(got) : std::abs(got / expected - 1);
  };
  double worst = 0;
  std::uint32_t where = 0;
  const auto look = [&](std::uint32_t bits) {
    if (bits < first || bits > last) return;
    if (const double error = relative_error(bits); !(error <= worst)) {
      worst = error;
      where = bits;
    }
  };
  // About four million numbers with an odd stride, so that all low bits occur, from a random start.
  for (std::uint64_t bits = first + random() % 509; bits <= last; bits += 509) look(static_cast<std::uint32_t>(bits));
  // Both sides of every power of two and of sqrt(1/2) times it, where the reduction changes.
  for (std::uint32_t exponent = 1; exponent < 255; ++exponent)
    for (const std::uint32_t mantissa : {std::uint32_t{0}, std::uint32_t{0x3504f3}})
      for (std::int32_t step = -300; step <= 300; ++step)
        look((exponent << 23) + mantissa + static_cast<std::uint32_t>(step));
  // Every number close to 1, where the logarithm vanishes.
  for (std::uint32_t bits = 0x3f700000; bits < 0x3f880000; ++bits) look(bits);
  EXPECT_LE(worst, 1.2e-7) << "at " << std::bit_cast<float>(where);
  EXPECT_GT(worst, 3e-8) << "the sample is too small to say anything";
}

TEST(LogFloat32, SpecialNumbers) {
  EXPECT_EQ(scalar::log_f32(1.0F), 0.0F);
  // Zero and subnormal numbers: something finite and very negative, so that 0 ln 0 = 0.
  for (const float x : {0.0F, 0x1p-149F, 0x1p-130F, 0x1.fffffep-127F}) {
    const float log = scalar::log_f32(x);
    EXPECT_GE(log, -88.73F) << x;
    EXPECT_LE(log, -87.33F) << x;
  }
  for (const float x : {std::numeric_limits<float>::infinity(), -1.0F, -0.0F, std::numeric_limits<float>::quiet_NaN()})
    EXPECT_TRUE(std::isfinite(scalar::log_f32(x))) << x;
}

TEST(LogFloat64, AtMostTwoUnitsInTheLastPlace) {
  std::mt19937_64 random(2);
  long double worst = 0;
  double where = 0;
  const auto look = [&](double x) {
    if (!(x > 0) || !std::isfinite(x)) return;
    const long double expected = std::log(static_cast<long double>(x));
    const double got = scalar::log_f64(x);
    const long double error = expected == 0 ? (got == 0 ? 0 : 1e9L) : ulps(got, expected);
    if (!(error <= worst)) {
      worst = error;
      where = x;
    }
  };
  for (int i = 0; i < 400000; ++i) look(std::bit_cast<double>(random() >> 1));  // any positive bits, subnormal too
  for (int i = 0; i < 400000; ++i) look(std::ldexp(static_cast<double>(random() >> 11), -53));  // probabilities
  for (int i = 0; i < 200000; ++i)
    look(1 + (static_cast<double>(random() >> 11) * 0x1p-53 - 0.5) * std::ldexp(1, -i % 50));
  for (int exponent = -1074; exponent < 1024; ++exponent)
    for (const double m : {1.0, std::sqrt(0.5)}) {
      double below = std::ldexp(m, exponent);
      double above = below;
      for (int step = 0; step < 20; ++step) {
        look(below = std::nextafter(below, 0.0));
        look(above);
        above = std::nextafter(above, infinity);
      }
    }
  EXPECT_LE(worst, 2) << "at " << where;
  EXPECT_GT(worst, 0.4L) << "the sample is too small to say anything";
}

TEST(LogFloat64, SpecialNumbers) {
  EXPECT_EQ(std::bit_cast<std::uint64_t>(scalar::log_f64(1.0)), 0U);
  EXPECT_EQ(scalar::log_f64(0.0), -infinity);
  EXPECT_EQ(scalar::log_f64(-0.0), -infinity);
  EXPECT_EQ(scalar::log_f64(infinity), infinity);
  for (const double x : {-1.0, -infinity, -0x1p-1074, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_TRUE(std::isnan(scalar::log_f64(x))) << x;
  EXPECT_NEAR(scalar::log_f64(0x1p-1074), -1074 * std::log(2.0), 1e-12);
  EXPECT_NEAR(scalar::log_f64(std::numeric_limits<double>::max()), 1024 * std::log(2.0), 1e-12);
}

TEST(ExpFloat64, WithinItsStatedError) {
  std::mt19937_64 random(3);
  long double worst = 0;
  double where = 0;
  const auto look = [&](double x) {
    if (!(x <= 0) || x < -745.2) return;
    const long double error = ulps(scalar::exp_f64(x), std::exp(static_cast<long double>(x)));
    if (!(error <= worst)) {
      worst = error;
      where = x;
    }
  };
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  for (int i = 0; i < 500000; ++i) look(-745.2 * uniform());  // subnormal results below -708.4
  for (int i = 0; i < 300000; ++i) look(-20 * uniform());
  for (int i = 0; i < 200000; ++i) look(-std::ldexp(uniform(), -i % 60));
  // Halfway between multiples of ln 2, where the reduction changes.
  for (int n = 0; n < 1074; ++n) {
    double below = -(n + 0.5) * 0.6931471805599453;
    double above = below;
    for (int step = 0; step < 50; ++step) {
      look(below = std::nextafter(below, -infinity));
      look(above = std::nextafter(above, 0.0));
    }
  }
  EXPECT_LE(worst, 1.1L) << "at " << where;
  EXPECT_GT(worst, 0.4L) << "the sample is too small to say anything";
}

TEST(ExpFloat64, SpecialNumbers) {
  EXPECT_EQ(scalar::exp_f64(0.0), 1.0);
  EXPECT_EQ(scalar::exp_f64(-0.0), 1.0);
  EXPECT_EQ(scalar::exp_f64(-infinity), 0.0);
  EXPECT_EQ(scalar::exp_f64(-1e300), 0.0);
  EXPECT_EQ(scalar::exp_f64(-745.2), 0.0);
  EXPECT_EQ(scalar::exp_f64(-745.1), 0x1p-1074);
  EXPECT_EQ(scalar::exp_f64(-0x1p-60), 1.0);
}

TEST(ExpFloat32, WithinItsStatedError) {
  double worst = 0;
  float where = 0;
  // Every number from -87 to 0 whose lowest bits are 0, and 0 itself.
  for (std::uint32_t bits = 0x80000000U; bits <= 0xc2ae0000U; bits += 97) {
    const float x = std::bit_cast<float>(bits);
    if (x < -87) continue;
    const double exact = std::exp(static_cast<double>(x));
    const double unit = std::ldexp(1.0, std::ilogb(exact) - 23);
    const double error = std::abs(static_cast<double>(scalar::exp_f32(x)) - exact) / unit;
    if (!(error <= worst)) {
      worst = error;
      where = x;
    }
  }
  EXPECT_LE(worst, 1.5) << "at " << where;
  EXPECT_GT(worst, 0.4) << "the sample is too small to say anything";
}

TEST(ExpFloat32, SpecialNumbers) {
  EXPECT_EQ(scalar::exp_f32(0.0F), 1.0F);
  EXPECT_EQ(scalar::exp_f32(-0.0F), 1.0F);
  EXPECT_EQ(scalar::exp_f32(-std::numeric_limits<float>::infinity()), 0.0F);
  EXPECT_EQ(scalar::exp_f32(-1e30F), 0.0F);
  EXPECT_EQ(scalar::exp_f32(std::nextafter(-87.0F, -100.0F)), 0.0F);
  EXPECT_GT(scalar::exp_f32(-87.0F), 1.6e-38F);
}

/// The summaries of one row on one target.
struct row_numbers {
  double confidence = 0, label = 0, total = 0, smallest = 0, squares = 0, cubes = 0, entropy = 0, surprise = 0,
         loss = 0;
  std::int32_t prediction = 0;
  [[nodiscard]] row_summaries pointers() {
    return {&confidence, &prediction, &label, &total, &smallest, &squares, &cubes, &entropy, &surprise, &loss};
  }
};

/// |got - expected| in parts of relative |expected| + absolute.
double part_of(double got, long double expected, double relative, double absolute) {
  return static_cast<double>(std::fabs(got - expected) / (relative * std::fabs(expected) + absolute));
}

/// Row sums of probabilities against long double. Sums of float32 terms keep seven digits where the probabilities are
/// float32; rounding double ones to float32 adds at most 2^-24 where an entry is close to 1.
template <class T>
void expect_probability_moments(double rounding) {
  std::mt19937_64 random(4);
  for (const std::size_t K : {2, 3, 10, 64, 100, 1000, 20000})
    for (const std::vector<double>& row : testing::random_probabilities(K > 1000 ? 2 : 40, K, 2.0, random)) {
      std::vector<T> stored;
      long double squares = 0, cubes = 0, entropy = 0, surprise = 0, total = 0;
      for (const double x : row) {
        stored.push_back(static_cast<T>(x));
        const long double p = stored.back();
        total += p;
        squares += p * p;
        cubes += p * p * p;
        entropy -= p * std::log(p);
        surprise += p * std::log(p) * std::log(p);
      }
      const T* const pointer = stored.data();
      const auto label = static_cast<std::int32_t>(random() % K);
      const auto label_loss = -std::log(static_cast<long double>(stored[static_cast<std::size_t>(label)]));
      for (const kernels* target : available_targets()) {
        row_numbers got;
        target->rows<T>().summarize_probabilities(&pointer, 1, K, &label, got.pointers());
        const auto where = std::string(target->name) + " K = " + std::to_string(K);
        EXPECT_LE(part_of(got.total, total, 1e-6, 0), 1) << where;
        EXPECT_LE(part_of(got.squares, squares, 1e-13, 0), 1) << where;
        EXPECT_LE(part_of(got.cubes, cubes, 1e-6, 0), 1) << where;
        EXPECT_LE(part_of(got.entropy, entropy, 1e-6, rounding), 1) << where;
        EXPECT_LE(part_of(got.surprise, surprise, 1e-6, rounding), 1) << where;
        EXPECT_LE(part_of(got.loss, label_loss, 1e-15, 0), 1) << where;
      }
    }
}
TEST(RowMoments, Float32ProbabilitiesAgainstLongDouble) { expect_probability_moments<float>(0); }
TEST(RowMoments, Float64ProbabilitiesAgainstLongDouble) { expect_probability_moments<double>(0x1p-24); }

/// Probabilities of logits and their squares are float64 numbers; the other sums keep seven digits as those of
/// probabilities do.
TEST(RowMoments, LogitsAgainstLongDouble) {
  std::mt19937_64 random(5);
  for (const std::size_t K : {2, 3, 10, 64, 100, 1000})
    for (const std::vector<double>& row : testing::normal_logits(20, K, 4.0, random)) {
      const long double top = *std::max_element(row.begin(), row.end());
      long double sum = 0, squares = 0, cubes = 0, entropy = 0, surprise = 0;
      for (const double z : row) sum += std::exp(z - top);
      for (const double z : row) {
        const long double p = std::exp(z - top) / sum;
        const long double log_p = z - top - std::log(sum);
        squares += p * p;
        cubes += p * p * p;
        entropy -= p * log_p;
        surprise += p * log_p * log_p;
      }
      const double* const pointer = row.data();
      const auto label = static_cast<std::int32_t>(random() % K);
      const long double loss = std::log(sum) - (row[static_cast<std::size_t>(label)] - top);
      for (const kernels* target : available_targets()) {
        row_numbers got;
        std::vector<double> p(K);
        target->f64.softmax(&pointer, 1, K, &label, p.data(), got.pointers());
        const auto where = std::string(target->name) + " K = " + std::to_string(K);
        EXPECT_LE(part_of(got.confidence, 1 / sum, 1e-15, 0), 1) << where;
        EXPECT_LE(part_of(got.squares, squares, 1e-14, 0), 1) << where;
        EXPECT_LE(part_of(got.cubes, cubes, 1e-6, 0), 1) << where;
        EXPECT_LE(part_of(got.entropy, entropy, 1e-6, 0), 1) << where;
        EXPECT_LE(part_of(got.surprise, surprise, 1e-6, 0), 1) << where;
        EXPECT_LE(part_of(got.loss, loss, 1e-15, 1e-15), 1) << where;
        // z - top is rounded before the exponential, which turns it into a relative error of 2^-53 |z - top|.
        for (std::size_t k = 0; k < K; ++k) {
          const long double distance = top - row[k];
          const double relative = 1e-15 + 0x1p-53 * static_cast<double>(distance);
          EXPECT_LE(part_of(p[k], std::exp(-distance) / sum, relative, 0), 1) << where;
        }
      }
    }
}

}  // namespace
}  // namespace calibrant::simd
