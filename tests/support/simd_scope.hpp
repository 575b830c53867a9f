#pragma once

#include <string>

#include <calibrant/evaluation/simd_target.hpp>

namespace calibrant::testing {

/// Forces a SIMD target for as long as it lives.
class simd_scope {
 public:
  explicit simd_scope(const std::string& target) : before_(active_simd_target()) { force_simd_target(target); }
  simd_scope(const simd_scope&) = delete;
  simd_scope& operator=(const simd_scope&) = delete;
  ~simd_scope() { force_simd_target(before_); }

 private:
  std::string before_;
};

}  // namespace calibrant::testing
