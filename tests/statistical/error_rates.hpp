#pragma once

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iomanip>
#include <vector>

#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/gate.hpp>

namespace calibrant::testing {

inline constexpr double alpha = 0.05;  ///< of every gate and diff that is simulated

struct rates {
  double passed = 0;
  double failed = 0;
  double repetitions = 0;
  [[nodiscard]] double pass() const { return passed / repetitions; }
  [[nodiscard]] double fail() const { return failed / repetitions; }
  [[nodiscard]] double open() const { return 1 - pass() - fail(); }
};

inline rates simulate(std::size_t repetitions, const std::function<gate_outcome(std::size_t)>& once) {
  std::vector<gate_outcome> outcomes(repetitions);
  thread_pool pool(0);
  pool.run(repetitions, [&](std::size_t i) { outcomes[i] = once(i); });
  rates result{.repetitions = static_cast<double>(repetitions)};
  for (const gate_outcome outcome : outcomes) {
    result.passed += outcome == gate_outcome::pass ? 1 : 0;
    result.failed += outcome == gate_outcome::fail ? 1 : 0;
  }
  return result;
}

/// What a rate that is kept may look like: the stated rate, .01 and three standard errors of the simulation.
inline double allowed(const rates& of) { return alpha + 0.01 + 3 * std::sqrt(alpha * (1 - alpha) / of.repetitions); }

inline constexpr std::size_t sizes[] = {200, 2000, 20'000};
inline constexpr std::size_t repetitions[] = {2000, 1000, 200};
/// A page of results, which is written where an environment variable says so.
class page {
 public:
  explicit page(const char* variable) {
    if (const char* const path = std::getenv(variable)) file_.open(path);
    file_ << std::fixed << std::setprecision(3);
  }
  template <class T>
  page& operator<<(const T& text) {
    if (file_.is_open()) file_ << text;
    return *this;
  }

 private:
  std::ofstream file_;
};

}  // namespace calibrant::testing
