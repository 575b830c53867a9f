#include <calibrant/evaluation/simd_target.hpp>

#include "simd/kernels.hpp"

namespace calibrant {

std::vector<std::string> simd_targets() {
  std::vector<std::string> names;
  for (const simd::kernels* target : simd::available_targets()) names.emplace_back(target->name);
  return names;
}

std::string active_simd_target() { return std::string(simd::active_target().name); }

void force_simd_target(const std::string& name) { simd::force_target(name); }

}  // namespace calibrant
