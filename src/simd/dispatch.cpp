#include <array>
#include <atomic>
#include <cstddef>
#include <string>

#include <calibrant/core/error.hpp>

#include "kernels.hpp"
#include "targets.hpp"

namespace calibrant::simd {
namespace {

struct runnable_targets {
  std::array<const kernels*, 4> list{};
  std::size_t count = 0;

  runnable_targets() noexcept {
    // Each condition covers every instruction set that the target's code was compiled for.
    __builtin_cpu_init();
    const bool sse4 =
        __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("sse4.2");
    const bool avx2 = sse4 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                      __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("f16c");
    const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
    if (avx512) list[count++] = &avx512_kernels();
    if (avx2) list[count++] = &avx2_kernels();
    if (sse4) list[count++] = &sse4_kernels();
    list[count++] = &scalar_kernels();
  }
};

const runnable_targets& targets() noexcept {
  static const runnable_targets instance;
  return instance;
}

std::atomic<const kernels*>& chosen_target() noexcept {
  static std::atomic<const kernels*> chosen{targets().list[0]};
  return chosen;
}

}  // namespace

std::span<const kernels* const> available_targets() noexcept { return {targets().list.data(), targets().count}; }

const kernels& active_target() noexcept { return *chosen_target().load(std::memory_order_relaxed); }

void force_target(std::string_view name) {
  std::string names;
  for (const kernels* target : available_targets()) {
    if (target->name == name) {
      chosen_target().store(target, std::memory_order_relaxed);
      return;
    }
    if (!names.empty()) names += ", ";
    names += target->name;
  }
  throw error(error_code::unsupported, "SIMD target: got \"" + std::string(name) +
                                           "\", expected one that runs on this processor: " + names +
                                           "; choose one of these or leave the choice to Calibrant");
}

}  // namespace calibrant::simd
