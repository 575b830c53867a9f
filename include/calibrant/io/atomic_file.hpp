#pragma once

#include <string>
#include <string_view>

namespace calibrant {

/// A file that appears whole or not at all: bytes go to a temporary name in the same folder, `commit` syncs and renames
/// it. Until then, and if anything fails, the old file stays and the temporary one is removed. A symbolic link stays a
/// link; the file it leads to is replaced. What is no regular file (a device, a pipe) is never replaced: it gets the
/// bytes on `commit`. Every failure throws error (unwritable_output) with the path and the system's reason.
class atomic_file {
 public:
  explicit atomic_file(std::string path);
  atomic_file(atomic_file&& other) noexcept;
  atomic_file& operator=(atomic_file&&) = delete;
  ~atomic_file();

  void write(std::string_view bytes);
  void commit();

 private:
  void create_temporary();
  void write_all(std::string_view bytes);
  void commit_directly();
  [[noreturn]] void fail(const char* doing, int reason);
  void discard() noexcept;

  std::string path_;       ///< as given
  std::string target_;     ///< what is replaced; empty if the path is no regular file
  std::string temporary_;  ///< empty once there is none
  std::string held_;       ///< bytes for a path that is no regular file
  int descriptor_ = -1;
};

}  // namespace calibrant
