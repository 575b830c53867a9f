#include "cli/progress_line.hpp"

#include <fmt/format.h>

#include <string>

namespace calibrant::cli {
namespace {

constexpr std::chrono::milliseconds patience{500};
constexpr std::chrono::milliseconds period{100};
constexpr double megabyte = 1e6;

}  // namespace

progress_line::progress_line(bool enabled) : enabled_(enabled), started_(clock::now()), next_(started_ + patience) {}

progress_line::~progress_line() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
}

void progress_line::update(std::uint64_t read, std::uint64_t total) {
  if (!enabled_) return;
  const clock::time_point now = clock::now();
  if (now < next_) return;
  next_ = now + period;
  shown_ = true;
  const double done = static_cast<double>(read) / megabyte;
  const double speed = done / std::chrono::duration<double>(now - started_).count();
  const std::string line = total > 0 ? fmt::format("reading {:.0f} % of {:.0f} MB ({:.0f} MB/s)",
                                                   100.0 * static_cast<double>(read) / static_cast<double>(total),
                                                   static_cast<double>(total) / megabyte, speed)
                                     : fmt::format("reading, {:.0f} MB so far ({:.0f} MB/s)", done, speed);
  std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
  std::fflush(stderr);
}

}  // namespace calibrant::cli
