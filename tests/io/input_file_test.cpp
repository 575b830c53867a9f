#include "io/detail/input_file.hpp"

#include <filesystem>
#include <string>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace calibrant::testing {
namespace {

TEST(InputFile, ReadsAnywhereAndStopsAtTheEnd) {
  const temporary_folder folder;
  io::input_file file(folder.write("x", "0123456789"));
  EXPECT_EQ(file.size(), 10U);
  char buffer[20] = {};
  EXPECT_EQ(file.read(buffer, 4, 3), 4U);
  EXPECT_EQ(std::string(buffer, 4), "3456");
  EXPECT_EQ(file.read(buffer, 20, 8), 2U);
  EXPECT_EQ(file.read(buffer, 20, 10), 0U);
  EXPECT_EQ(file.read(buffer, 20, 1000), 0U);
  const io::input_file moved(std::move(file));
  EXPECT_EQ(moved.read(buffer, 1, 0), 1U);
}

TEST(InputFile, AFileThatShrinksWhileItIsReadIsAnError) {
  const temporary_folder folder;
  const std::string path = folder.write("x", "0123456789");
  const io::input_file file(path);
  std::filesystem::resize_file(path, 4);
  char buffer[10];
  EXPECT_THAT(refusal_of([&] { file.read_exactly(buffer, 8, 2); }),
              says(error_code::malformed_input, path + ": the file ends at byte 4, expected 6 more bytes"));
}

TEST(InputFile, RefusesWhatIsNoReadableFile) {
  const temporary_folder folder;
  const auto opening = [](const std::string& path) { return refusal_of([&] { io::input_file{path}; }); };
  constexpr error_code code = error_code::missing_input;
  EXPECT_THAT(opening(folder.path("x")), says(code, "x: no such file; give the path"));
  EXPECT_THAT(opening(folder.folder().string()), says(code, ": is a directory, expected a regular file"));
  EXPECT_THAT(opening("/dev/null"), says(code, "/dev/null: is no file, expected a regular file"));
  EXPECT_THAT(opening(folder.write("plain", "") + "/x"), says(code, "Not a directory"));
  if (::geteuid() == 0) return;  // root reads everything
  ASSERT_EQ(::chmod(folder.write("locked", "1").c_str(), 0), 0);
  EXPECT_THAT(opening(folder.path("locked")), says(code, "locked: Permission denied"));
}

/// A pipe would be waited for without end.
TEST(InputFile, RefusesAPipeWithoutWaiting) {
  const temporary_folder folder;
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  EXPECT_THAT(refusal_of([&] { io::input_file{folder.path("pipe")}; }),
              says(error_code::missing_input, "pipe: is no file, expected a regular file"));
}

}  // namespace
}  // namespace calibrant::testing
