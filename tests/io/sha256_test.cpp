#include <calibrant/io/sha256.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace calibrant::testing {
namespace {

/// The digest when the text arrives in pieces of at most `step` bytes.
std::string digest(std::string_view text, std::size_t step) {
  sha256 hash;
  for (; !text.empty(); text.remove_prefix(std::min(step, text.size())))
    hash.update(std::as_bytes(std::span(text.substr(0, step))));
  return hash.finish();
}

// FIPS 180-4 example values as published by NIST (SHA256.pdf and SHA2_Additional.pdf).
TEST(Sha256, PublishedVectors) {
  for (const std::size_t step : {1, 3, 64, 1000000}) {
    EXPECT_EQ(digest("", step), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(digest("abc", step), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", step),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(digest(std::string(1000000, 'a'), step),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    EXPECT_EQ(digest(std::string("\xbd"), step), "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b");
    EXPECT_EQ(digest(std::string(64, '\0'), step), "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b");
  }
}

}  // namespace
}  // namespace calibrant::testing
