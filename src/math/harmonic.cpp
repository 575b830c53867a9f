#include <calibrant/math/harmonic.hpp>

#include <cmath>

namespace calibrant {

double harmonic_difference(double a, double n) noexcept {
  // The common case, and short runs without a logarithm.
  if (n == 1) return 1 / (a + 1);
  if (n == 2) return 1 / (a + 1) + 1 / (a + 2);
  if (n == 3) return 1 / (a + 1) + 1 / (a + 2) + 1 / (a + 3);

  // psi(x) = psi(x + 1) - 1/x carries both arguments to where the series of psi has converged.
  double x = a + 1;
  double sum = 0;
  for (; x < 16; ++x) sum += n / (x * (x + n));
  // psi(x) ~ ln x - 1/(2x) - 1/(12 x^2) + 1/(120 x^4) - 1/(252 x^6) + 1/(240 x^8) - 1/(132 x^10); the difference of two
  // values is written with the factor n, so that nothing cancels.
  const double y = x + n;
  const double u = 1 / (x * x);
  const double v = 1 / (y * y);
  const double drop = n * (x + y) * u * v;  // u - v
  const double squares = u * u + u * v + v * v;
  const double cubes = (u + v) * (u * u + v * v);
  const double fourths = u * u * u * u + u * u * u * v + u * u * v * v + u * v * v * v + v * v * v * v;
  return sum + std::log1p(n / x) + n / (2 * x * y) +
         drop * (1.0 / 12 - (u + v) / 120 + squares / 252 - cubes / 240 + fourths / 132);
}

}  // namespace calibrant
