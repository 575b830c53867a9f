#include <calibrant/math/cosine_transform.hpp>

#include <cmath>
#include <numbers>

namespace calibrant {

cosine_transform::cosine_transform(std::size_t intervals)
    : intervals_(intervals),
      cosine_(intervals + 1),
      re_(intervals),
      im_(intervals),
      next_re_(intervals),
      next_im_(intervals) {
  // Both halves from one quarter: cos(pi k / N) = -cos(pi (N - k) / N).
  for (std::size_t k = 0; k <= intervals / 2; ++k) {
    const double angle = std::numbers::pi * static_cast<double>(k) / static_cast<double>(intervals);
    cosine_[k] = 2 * k == intervals ? 0.0 : std::cos(angle);
    cosine_[intervals - k] = -cosine_[k];
  }
}

// Stockham's form of the fast Fourier transform of N complex numbers: each stage halves the length of the transforms
// and doubles how many interleaved ones there are, so the result is in order and the inner loop runs over neighbours.
void cosine_transform::fourier() {
  const std::size_t N = intervals_;
  for (std::size_t stride = 1; stride < N; stride *= 2) {
    const std::size_t half = N / (2 * stride);
    for (std::size_t p = 0; p < half; ++p) {
      // exp(-2 pi i p stride / N)
      const std::size_t turn = 2 * p * stride;
      const double c = cosine_[turn];
      const double s = -cosine_[turn <= N / 2 ? N / 2 - turn : turn - N / 2];
      const double* const ar = re_.data() + stride * p;
      const double* const ai = im_.data() + stride * p;
      const double* const br = re_.data() + stride * (p + half);
      const double* const bi = im_.data() + stride * (p + half);
      double* const even_r = next_re_.data() + stride * 2 * p;
      double* const even_i = next_im_.data() + stride * 2 * p;
      double* const odd_r = even_r + stride;
      double* const odd_i = even_i + stride;
      for (std::size_t q = 0; q < stride; ++q) {
        const double dr = ar[q] - br[q];
        const double di = ai[q] - bi[q];
        even_r[q] = ar[q] + br[q];
        even_i[q] = ai[q] + bi[q];
        odd_r[q] = dr * c - di * s;
        odd_i[q] = dr * s + di * c;
      }
    }
    re_.swap(next_re_);
    im_.swap(next_im_);
  }
}

// y_k is half of the Fourier transform of the even sequence e of period 2 N with e_j = x_j, but e_0 = 2 x_0 and e_N = 2
// x_N. Its even and odd places are the real and imaginary parts of one sequence of N complex numbers with transform Z:
//   E_k = (Z_k + conj Z_{N-k}) / 2 + exp(-i pi k / N) (Z_k - conj Z_{N-k}) / (2i), which is real.
void cosine_transform::apply(std::span<double> x) {
  const std::size_t N = intervals_;
  const auto even = [&](std::size_t j) { return j == 0 || j == N ? 2 * x[j] : x[j < N ? j : 2 * N - j]; };
  for (std::size_t j = 0; j < N; ++j) {
    re_[j] = even(2 * j);
    im_[j] = even(2 * j + 1);
  }
  fourier();
  for (std::size_t k = 0; k <= N; ++k) {
    const std::size_t a = k == N ? 0 : k;
    const std::size_t b = k == 0 ? 0 : N - k;
    const double sine = cosine_[k <= N / 2 ? N / 2 - k : k - N / 2];
    const double sum = re_[a] + re_[b];
    const double odd_r = im_[a] + im_[b];
    const double odd_i = re_[b] - re_[a];
    x[k] = (sum + cosine_[k] * odd_r + sine * odd_i) / 4;
  }
}

}  // namespace calibrant
