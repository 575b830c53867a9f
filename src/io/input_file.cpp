#include "io/detail/input_file.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>

namespace calibrant::io {

// O_NONBLOCK: opening a pipe must not wait for its writer before it can be refused; regular files do not mind.
input_file::input_file(const std::string& path)
    : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  if (descriptor_ < 0) {
    const int reason = errno;
    throw error(error_code::missing_input,
                fmt::format("{}: {}; give the path of a file that can be read", path,
                            reason == ENOENT ? "no such file" : std::generic_category().message(reason)));
  }
  struct stat facts{};
  const bool known = ::fstat(descriptor_, &facts) == 0;
  if (!known || !S_ISREG(facts.st_mode)) {
    ::close(descriptor_);
    throw error(error_code::missing_input,
                fmt::format("{}: {}, expected a regular file", path,
                            known && S_ISDIR(facts.st_mode) ? "is a directory" : "is no file"));
  }
  size_ = static_cast<std::uint64_t>(facts.st_size);
}

input_file::input_file(input_file&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_) {}

input_file::~input_file() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::size_t input_file::read(void* to, std::size_t bytes, std::uint64_t offset) const {
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t got =
        ::pread(descriptor_, static_cast<char*>(to) + done, bytes - done, static_cast<off_t>(offset + done));
    if (got == 0) break;
    if (got > 0) {
      done += static_cast<std::size_t>(got);
    } else if (errno != EINTR) {
      throw error(error_code::malformed_input, fmt::format("{}: reading byte {} failed: {}", path_, offset + done,
                                                           std::generic_category().message(errno)));
    }
  }
  return done;
}

void input_file::read_exactly(void* to, std::size_t bytes, std::uint64_t offset) const {
  const std::size_t got = read(to, bytes, offset);
  if (got < bytes)
    throw error(error_code::malformed_input,
                fmt::format("{}: the file ends at byte {}, expected {} more bytes; it was cut short while it was read",
                            path_, offset + got, bytes - got));
}

}  // namespace calibrant::io
