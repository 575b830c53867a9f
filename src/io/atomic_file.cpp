#include <calibrant/io/atomic_file.hpp>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <calibrant/core/error.hpp>

namespace calibrant {
namespace {

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

/// Whether the path is something other than a file or a folder. Below /dev and /proc everything is: /dev/stderr may
/// lead to a regular file, but its writer holds that file open, and another in its place would be lost to them.
bool is_written_directly(const std::string& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0 || S_ISDIR(facts.st_mode)) return false;
  return !S_ISREG(facts.st_mode) || path.starts_with("/dev/") || path.starts_with("/proc/");
}

/// The file that a symbolic link leads to; the path itself if it is no link or leads nowhere.
std::string followed(const std::string& path) {
  struct stat facts{};
  if (::lstat(path.c_str(), &facts) != 0 || !S_ISLNK(facts.st_mode)) return path;
  char* const real = ::realpath(path.c_str(), nullptr);
  if (real == nullptr) return path;
  std::string result = real;
  std::free(real);
  return result;
}

}  // namespace

atomic_file::atomic_file(std::string path) : path_(std::move(path)) {
  if (is_written_directly(path_)) return;
  target_ = followed(path_);
  create_temporary();
}

void atomic_file::create_temporary() {
  std::string name = target_ + ".XXXXXX";
  descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor_ < 0) fail("creating it", errno);
  temporary_ = std::move(name);
  // mkostemp makes the file private; a result is as readable as any other new file, or as the one it replaces.
  struct stat old{};
  const mode_t mask = ::umask(0);
  ::umask(mask);
  const mode_t mode = ::stat(target_.c_str(), &old) == 0 ? old.st_mode & 07777U : 0666U & ~mask;
  if (::fchmod(descriptor_, mode) != 0) fail("setting its permissions", errno);
}

atomic_file::atomic_file(atomic_file&& other) noexcept
    : path_(std::move(other.path_)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      held_(std::move(other.held_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

atomic_file::~atomic_file() { discard(); }

void atomic_file::write(std::string_view bytes) {
  if (target_.empty())
    held_ += bytes;
  else
    write_all(bytes);
}

void atomic_file::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written >= 0)
      bytes.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      fail("writing it", errno);
  }
}

/// A device or a pipe takes bytes as they come; there is nothing to sync or rename.
void atomic_file::commit_directly() {
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (descriptor_ < 0) fail("opening it", errno);
  write_all(held_);
  if (::close(std::exchange(descriptor_, -1)) != 0) fail("closing it", errno);
}

void atomic_file::commit() {
  if (target_.empty()) return commit_directly();
  if (::fsync(descriptor_) != 0) fail("syncing it", errno);
  if (::close(std::exchange(descriptor_, -1)) != 0) fail("closing it", errno);
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail("renaming it", errno);
  temporary_.clear();
  // The new name itself must survive a power failure, too; a folder that cannot be synced keeps the file all the same.
  if (const int folder = ::open(folder_of(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
}

void atomic_file::fail(const char* doing, int reason) {
  discard();
  throw error(error_code::unwritable_output, path_ + ": " + doing + " failed (" +
                                                 std::generic_category().message(reason) +
                                                 "), expected a writable folder with room; nothing was changed");
}

void atomic_file::discard() noexcept {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_.clear();
}

}  // namespace calibrant
