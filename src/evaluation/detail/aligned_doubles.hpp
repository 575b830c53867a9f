#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace calibrant::detail {

/// Softmax rows are double; 64-byte alignment is what the kernels ask for.
struct aligned_doubles {
  std::vector<double> storage;
  double* resize(std::size_t count) {
    if (storage.size() < count + 8) storage.resize(count + 8);
    void* base = storage.data();
    std::size_t space = storage.size() * sizeof(double);
    return static_cast<double*>(std::align(64, count * sizeof(double), base, space));
  }
};

}  // namespace calibrant::detail
