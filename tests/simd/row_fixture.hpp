#pragma once

// Score rows for the kernel tests: every row ends at the last byte before an inaccessible page, or begins at the first
// byte after one, so that a read outside of the row is a crash.

#include <sys/mman.h>
#include <unistd.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include <calibrant/core/float16.hpp>

namespace calibrant::simd::testing {

template <class T>
[[nodiscard]] T rounded_to(double x) {
  if constexpr (std::is_same_v<T, float16>) {
    return float16{std::bit_cast<std::uint16_t>(static_cast<_Float16>(x))};
  } else {
    return static_cast<T>(x);
  }
}

/// Memory of `bytes` bytes between two inaccessible pages, flush with one of them.
class guarded_memory {
 public:
  enum class flush { with_end, with_begin };

  guarded_memory(std::size_t bytes, flush side) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t inner = (bytes + page - 1) / page * page;
    size_ = inner + 2 * page;
    base_ = static_cast<std::byte*>(mmap(nullptr, size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (base_ == MAP_FAILED || (inner != 0 && mprotect(base_ + page, inner, PROT_READ | PROT_WRITE) != 0)) {
      throw std::runtime_error("guarded_memory: no memory");
    }
    data_ = base_ + page + (side == flush::with_end ? inner - bytes : 0);
  }
  guarded_memory(guarded_memory&& other) noexcept : base_(other.base_), data_(other.data_), size_(other.size_) {
    other.base_ = nullptr;
  }
  guarded_memory& operator=(guarded_memory&&) = delete;
  ~guarded_memory() {
    if (base_ != nullptr) munmap(base_, size_);
  }
  [[nodiscard]] void* data() const noexcept { return data_; }

 private:
  std::byte* base_;
  std::byte* data_;
  std::size_t size_;
};

/// Rows of K scores, each in guarded memory of its own.
template <class T>
class guarded_rows {
 public:
  guarded_rows(const std::vector<std::vector<double>>& values, guarded_memory::flush side) {
    for (const auto& row : values) {
      memory_.emplace_back(row.size() * sizeof(T), side);
      T* to = static_cast<T*>(memory_.back().data());
      for (const double x : row) *to++ = rounded_to<T>(x);
      pointers_.push_back(static_cast<const T*>(memory_.back().data()));
    }
  }
  [[nodiscard]] const T* const* data() const noexcept { return pointers_.data(); }

 private:
  std::vector<guarded_memory> memory_;
  std::vector<const T*> pointers_;
};

using score_rows = std::vector<std::vector<double>>;

/// n x K normal logits.
[[nodiscard]] inline score_rows normal_logits(std::size_t n, std::size_t K, double deviation, std::mt19937_64& random) {
  std::normal_distribution<double> normal(0.0, deviation);
  score_rows rows(n, std::vector<double>(K));
  for (auto& row : rows) {
    for (double& z : row) z = normal(random);
  }
  return rows;
}

/// Softmax of normal logits, rounded down a little so that rounding to T leaves row sums below 1.02.
[[nodiscard]] inline score_rows random_probabilities(std::size_t n, std::size_t K, double deviation,
                                                     std::mt19937_64& random) {
  score_rows rows = normal_logits(n, K, deviation, random);
  for (auto& row : rows) {
    double sum = 0.0;
    for (double& z : row) sum += z = std::exp(z);
    for (double& z : row) z /= sum;
  }
  return rows;
}

}  // namespace calibrant::simd::testing
