#include "io/detail/zip_archive.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"
#include "support/zip_bytes.hpp"

namespace calibrant::testing {
namespace {

using contents = std::map<std::string, std::string>;

/// Every member, read in pieces.
contents unpacked(const std::string& path, std::size_t piece = 1000) {
  const io::zip_archive archive(path);
  contents result;
  for (const io::zip_member& member : archive.members()) {
    const auto stream = archive.open(member, path + "[" + member.name + "]");
    EXPECT_EQ(stream->size(), member.size);
    std::string& text = result[member.name];
    while (text.size() < stream->size()) {
      const std::size_t before = text.size();
      text.resize(std::min<std::size_t>(before + piece, stream->size()));
      stream->read_exactly(text.data() + before, text.size() - before);
      EXPECT_EQ(stream->position(), text.size());
    }
  }
  return result;
}

/// Bytes without a pattern that a shorter read would repeat.
std::string noise(std::size_t size) {
  std::string bytes;
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return bytes;
}

class ZipArchive : public ::testing::Test {
 protected:
  refusal reading(const std::string& bytes) {
    const std::string path = folder_.write("x.zip", bytes);
    return refusal_of([&] { return unpacked(path); });
  }

  temporary_folder folder_;
};

TEST_F(ZipArchive, StoredAndDeflatedMembers) {
  // Longer than a window of packed bytes, so that members go on from window to window.
  const contents expected = {{"a", noise(200000)}, {"b", noise(200001)}, {"c", "hello"}, {"d", noise(65536)}};
  for (const bool zip64 : {false, true}) {
    std::vector<zip_entry> entries;
    for (const auto& [name, content] : expected) entries.push_back({name, content, name != "a", zip64});
    const std::string path = folder_.write("x.zip", zip_bytes(entries));
    EXPECT_EQ(unpacked(path), expected) << zip64;
    EXPECT_EQ(unpacked(path, 1), expected) << zip64;
    EXPECT_EQ(unpacked(path, 1000000), expected) << zip64;
  }
}

TEST_F(ZipArchive, AnEmptyArchiveAndAComment) {
  EXPECT_EQ(unpacked(folder_.write("x.zip", zip_bytes({}))), contents{});
  std::string commented = zip_bytes({{"a", "1"}});
  commented[commented.size() - 2] = 5;
  commented += "PK\5\6!";  // looks like the record that ends an archive
  EXPECT_EQ(unpacked(folder_.write("x.zip", commented)), (contents{{"a", "1"}}));
}

TEST_F(ZipArchive, EveryTruncationIsRefused) {
  for (const bool zip64 : {false, true}) {
    const std::string whole = zip_bytes({{"a", noise(40), false, zip64}, {"b", noise(50), true, zip64}});
    for (std::size_t length = 0; length < whole.size(); ++length)
      EXPECT_THAT(reading(whole.substr(0, length)),
                  says(error_code::malformed_input, "x.zip: damaged at byte 0", "no directory ends the file"))
          << length;
  }
}

TEST_F(ZipArchive, DamageOfAnyByteIsRefusedOrHarmless) {
  for (const bool zip64 : {false, true}) {
    const contents expected = {{"a", noise(40)}, {"b", noise(50)}};
    const std::string whole = zip_bytes({{"a", expected.at("a"), false, zip64}, {"b", expected.at("b"), true, zip64}});
    std::size_t refused = 0;
    for (std::size_t at = 0; at < whole.size(); ++at)
      for (const int bit : {0, 3, 7}) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 1 << bit);
        const std::string path = folder_.write("x.zip", damaged);
        contents got;
        const refusal r = refusal_of([&] { return got = unpacked(path); });
        refused += r.code ? 1 : 0;
        if (r.code)
          EXPECT_THAT(r.message, ::testing::HasSubstr("x.zip")) << at;
        else
          EXPECT_EQ(got, expected) << at;
      }
    EXPECT_GT(refused, 3 * whole.size() / 2);
  }
}

TEST_F(ZipArchive, SaysWhatIsWrong) {
  constexpr error_code damaged = error_code::malformed_input;
  EXPECT_THAT(reading("hello, world"), says(damaged, "x.zip: damaged at byte 0", "no directory ends the file"));
  const std::string good = zip_bytes({{"a", "content"}});
  EXPECT_THAT(reading("!" + good), says(damaged, "the directory should end here"));
  std::string changed = good;
  changed[good.find("content")] = 'C';
  EXPECT_THAT(reading(changed), says(damaged, "x.zip[a]: damaged at byte 38", "the CRC-32 of the member is"));
  changed = good;
  changed[30] = 'b';
  EXPECT_THAT(reading(changed), says(damaged, "damaged at byte 0", "the header names another member", "\"a\""));
  const std::size_t entry = good.find("PK\1\2");
  changed = good;
  changed[entry + 8] = 1;
  EXPECT_THAT(reading(changed), says(error_code::unsupported, "x.zip: \"a\" is encrypted"));
  changed = good;
  changed[entry + 10] = 14;
  EXPECT_THAT(reading(changed), says(error_code::unsupported, "\"a\" is packed by method 14", "numpy.savez"));
  EXPECT_THAT(reading(zip_bytes({{"a", "1"}, {"a", "2"}})), says(damaged, "two members are named \"a\""));

  const std::string packed = zip_bytes({{"a", "content", true}});
  const std::size_t data = packed.find(deflate_stored("content"));
  changed = packed;
  changed[data] = 7;  // a block of a type that does not exist
  EXPECT_THAT(reading(changed), says(damaged, "x.zip[a]: damaged at byte", "the packed data are broken"));
  changed = packed;
  changed[data] = 0;  // not the last block any more
  EXPECT_THAT(reading(changed), says(damaged, "x.zip[a]", "the packed data are cut short"));
}

TEST_F(ZipArchive, LengthsMustBeThoseOfTheDirectory) {
  // Directory and header agree on a length that the packed bytes do not have.
  const auto with_size = [](std::uint32_t size) {
    std::string bytes = zip_bytes({{"a", "content", true}});
    bytes.replace(22, 4, little_endian(size));
    bytes.replace(bytes.find("PK\1\2") + 24, 4, little_endian(size));
    return bytes;
  };
  EXPECT_THAT(reading(with_size(8)), says(error_code::malformed_input, "the packed data end before the member"));
  EXPECT_THAT(reading(with_size(6)), says(error_code::malformed_input, "the packed data go on beyond"));
}

}  // namespace
}  // namespace calibrant::testing
