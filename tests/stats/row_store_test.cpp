// Keys of rows: what decides how often a row is drawn.
#include <calibrant/stats/row_store.hpp>

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace calibrant {
namespace {

TEST(RowStore, NamesThatDifferAnywhereHaveOtherKeys) {
  std::set<std::uint64_t> keys;
  std::size_t names = 0;
  for (const std::string stem : {"", "a", "patient ", "a name that is longer than any word"})
    for (int i = 0; i < 1000; ++i, ++names) keys.insert(row_store::key_of(stem + std::to_string(i)));
  // The same bytes in another order, and zeros that a length alone tells apart.
  for (const std::string& name : {std::string("abcdefgh12345678"), std::string("12345678abcdefgh"),
                                  std::string(1, '\0'), std::string(8, '\0'), std::string(9, '\0'), std::string()}) {
    keys.insert(row_store::key_of(name));
    ++names;
  }
  EXPECT_EQ(keys.size(), names);
}

TEST(RowStore, KeysAreTheSameOnEveryMachine) {
  // The steps of SplitMix64 over words of eight bytes, the first byte the highest; computed apart.
  EXPECT_EQ(row_store::key_of("img17"), 0x13ee36c7c8d97ff1);
  EXPECT_EQ(row_store::key_of("patient 17"), 0xd175afa48281ebf2);
  EXPECT_EQ(row_store::key_of(3, 5), (std::uint64_t{3} << 40) + 5);
}

}  // namespace
}  // namespace calibrant
