#pragma once

#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>

namespace calibrant::bench {

/// Highest resident memory of this process so far, in bytes.
inline long peak_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmHWM:", 0) == 0) return std::stol(line.substr(6)) * 1024;
  return 0;
}

/// One contender as the driver sees it: it loads its input, says that it is ready, then runs once for every line "run"
/// on standard input and answers with the seconds taken, so that the driver can let contenders take turns. At the end
/// it says how far memory rose above what the input takes. bench/harness/worker.py is the same for Python.
///
/// `measure` does the work once and returns the body of a JSON object with the values computed.
inline int serve(const std::string& version, const std::function<std::string()>& measure) {
  std::ofstream("/proc/self/clear_refs") << "5";  // the high-water mark starts again from what is resident now
  const long before = peak_bytes();
  std::printf("{\"version\": \"%s\"}\n", version.c_str());
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line) && line == "run";) {
    const auto start = std::chrono::steady_clock::now();
    const std::string values = measure();
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    std::printf("{\"seconds\": %.9f, \"values\": {%s}}\n", elapsed.count(), values.c_str());
    std::fflush(stdout);
  }
  std::printf("{\"peak_bytes\": %ld}\n", peak_bytes() - before);
  return 0;
}

}  // namespace calibrant::bench
