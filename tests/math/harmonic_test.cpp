#include <calibrant/math/harmonic.hpp>

#include <cmath>

#include <gtest/gtest.h>

namespace calibrant {
namespace {

double sum_of_reciprocals(double a, int n) {
  double sum = 0;
  for (int j = n; j >= 1; --j) sum += 1 / (a + j);
  return sum;
}

TEST(HarmonicDifference, IsTheSumForWholeNumbers) {
  for (const double a : {0.0, 0.25, 1.0, 3.0, 14.0, 15.0, 16.0, 100.0, 12345.0})
    for (const int n : {1, 2, 3, 4, 5, 10, 16, 100, 10000}) {
      const double expected = sum_of_reciprocals(a, n);
      EXPECT_NEAR(harmonic_difference(a, n), expected, 1e-14 * expected) << a << ", " << n;
    }
}

// 2 - 2 ln 2, and scipy 1.17: digamma(a + n + 1) - digamma(a + 1).
TEST(HarmonicDifference, ContinuesTheSumToRealNumbers) {
  EXPECT_NEAR(harmonic_difference(0, 0.5), 0.6137056388801093811655357570836468638485, 1e-15);
  EXPECT_NEAR(harmonic_difference(0.5, 0.5), 1 - 0.6137056388801093811655357570836468638485, 1e-15);
  EXPECT_NEAR(harmonic_difference(2.5, 1.5), 0.4029610277865572, 1e-14);
  EXPECT_NEAR(harmonic_difference(20.25, 7.75), 0.3173123940401448, 1e-14);
}

TEST(HarmonicDifference, KeepsItsDigitsWhereThePartIsTiny) {
  // psi'(1) = pi^2 / 6; psi'(x) ~ 1/x + 1/(2 x^2).
  const double pi = std::acos(-1.0);
  EXPECT_NEAR(harmonic_difference(0, 1e-100) / 1e-100, pi * pi / 6, 1e-14);
  EXPECT_NEAR(harmonic_difference(1e9, 1e-20) / 1e-20 * 1e9, 1 - 0.5e-9, 1e-14);
  EXPECT_EQ(harmonic_difference(7, 0), 0);
}

TEST(HarmonicDifference, AddsUp) {
  for (const double a : {0.0, 0.1, 2.7, 15.9, 400.0})
    for (const double n : {0.3, 1.0, 2.5, 40.0})
      for (const double m : {0.2, 3.0, 77.7}) {
        const double whole = harmonic_difference(a, n + m);
        EXPECT_NEAR(harmonic_difference(a, n) + harmonic_difference(a + n, m), whole, 2e-14 * whole);
      }
}

}  // namespace
}  // namespace calibrant
