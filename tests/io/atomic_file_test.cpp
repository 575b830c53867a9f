#include <calibrant/io/atomic_file.hpp>

#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace calibrant::testing {
namespace {

/// Lets no file of this process grow beyond `bytes`; writing more fails as on a full disk.
class file_size_limit {
 public:
  explicit file_size_limit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit{bytes, old_.rlim_max};
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  file_size_limit(const file_size_limit&) = delete;
  file_size_limit& operator=(const file_size_limit&) = delete;
  ~file_size_limit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_{};
  void (*old_handler_)(int) = nullptr;
};

unsigned mode_of(const std::string& path) {
  struct stat facts{};
  EXPECT_EQ(::stat(path.c_str(), &facts), 0);
  return facts.st_mode & 0777U;
}

TEST(AtomicFile, AppearsWholeOnCommit) {
  const temporary_folder folder;
  {
    atomic_file file(folder.path("out"));
    file.write("one, ");
    EXPECT_FALSE(std::filesystem::exists(folder.path("out")));
    file.write("two");
    file.commit();
    EXPECT_EQ(folder.read("out"), "one, two");
  }
  EXPECT_EQ(folder.read("out"), "one, two");
  EXPECT_EQ(folder.count(), 1U);
}

TEST(AtomicFile, WithoutCommitTheOldFileStays) {
  const temporary_folder folder;
  folder.write("out", "old");
  {
    atomic_file file(folder.path("out"));
    file.write("new");
    EXPECT_EQ(folder.count(), 2U);
  }
  EXPECT_EQ(folder.read("out"), "old");
  EXPECT_EQ(folder.count(), 1U);
}

TEST(AtomicFile, ReplacesAndKeepsPermissions) {
  const temporary_folder folder;
  folder.write("out", "old");
  ASSERT_EQ(::chmod(folder.path("out").c_str(), 0640), 0);
  atomic_file file(folder.path("out"));
  file.write("new");
  file.commit();
  EXPECT_EQ(folder.read("out"), "new");
  EXPECT_EQ(mode_of(folder.path("out")), 0640U);
}

TEST(AtomicFile, ANewFileFollowsTheMask) {
  const temporary_folder folder;
  const mode_t old = ::umask(0027);
  atomic_file file(folder.path("out"));
  file.commit();
  EXPECT_EQ(mode_of(folder.path("out")), 0640U);
  ::umask(old);
}

TEST(AtomicFile, MovesWithItsPromise) {
  const temporary_folder folder;
  {
    atomic_file first(folder.path("out"));
    first.write("text");
    atomic_file second(std::move(first));
    second.commit();
  }
  EXPECT_EQ(folder.read("out"), "text");
  EXPECT_EQ(folder.count(), 1U);
}

TEST(AtomicFile, AFullDiskLeavesTheOldFileAndNothingElse) {
  const temporary_folder folder;
  folder.write("out", "old");
  const refusal got = refusal_of([&] {
    const file_size_limit limit(4096);
    atomic_file file(folder.path("out"));
    for (int i = 0; i < 100; ++i) file.write(std::string(1000, 'x'));
    file.commit();
  });
  EXPECT_THAT(got, says(error_code::unwritable_output, folder.path("out") + ": writing it failed (",
                        "expected a writable folder", "nothing was changed"));
  EXPECT_EQ(folder.read("out"), "old");
  EXPECT_EQ(folder.count(), 1U);
}

TEST(AtomicFile, RefusesAFolderThatIsNotThere) {
  const temporary_folder folder;
  EXPECT_THAT(refusal_of([&] { atomic_file{folder.path("no/out")}; }),
              says(error_code::unwritable_output, "no/out: creating it failed (No such file or directory)"));
  folder.write("plain", "");
  EXPECT_THAT(refusal_of([&] { atomic_file{folder.path("plain/out")}; }),
              says(error_code::unwritable_output, "(Not a directory)"));
}

TEST(AtomicFile, AFailedRenameLeavesNothing) {
  const temporary_folder folder;
  std::filesystem::create_directory(folder.path("out"));
  EXPECT_THAT(refusal_of([&] {
                atomic_file file(folder.path("out"));
                file.write("text");
                file.commit();
              }),
              says(error_code::unwritable_output, "out: renaming it failed ("));
  EXPECT_EQ(folder.count(), 1U);
}

TEST(AtomicFile, ALinkStaysALink) {
  const temporary_folder folder;
  std::filesystem::create_directory(folder.path("elsewhere"));
  folder.write("elsewhere/file", "old");
  std::filesystem::create_symlink("elsewhere/file", folder.path("out"));
  atomic_file file(folder.path("out"));
  file.write("new");
  file.commit();
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path("out")));
  EXPECT_EQ(folder.read("elsewhere/file"), "new");
  EXPECT_EQ(folder.count(), 2U);
}

TEST(AtomicFile, ADeviceIsWrittenToAndNeverReplaced) {
  const temporary_folder folder;
  // A link, so that a defect replaces it and not the device of this machine.
  std::filesystem::create_symlink("/dev/null", folder.path("null"));
  std::filesystem::create_symlink("/dev/full", folder.path("full"));
  {
    atomic_file file(folder.path("null"));
    file.write("text");
    file.commit();
  }
  EXPECT_THAT(refusal_of([&] {
                atomic_file file(folder.path("full"));
                file.write("text");
                file.commit();
              }),
              says(error_code::unwritable_output, "full: writing it failed (No space left on device)"));
  for (const char* name : {"null", "full"}) EXPECT_TRUE(std::filesystem::is_character_file(folder.path(name))) << name;
  EXPECT_EQ(folder.count(), 2U);
}

TEST(AtomicFile, APipeGetsTheBytesOnCommit) {
  const temporary_folder folder;
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  std::string got;
  std::thread reader([&] { got = folder.read("pipe"); });
  atomic_file file(folder.path("pipe"));
  file.write("one, ");
  file.write("two");
  file.commit();
  reader.join();
  EXPECT_EQ(got, "one, two");
  EXPECT_TRUE(std::filesystem::is_fifo(folder.path("pipe")));
}

}  // namespace
}  // namespace calibrant::testing
