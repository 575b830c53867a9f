#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "io/detail/npy_file.hpp"
#include "support/npy_bytes.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace calibrant::testing {
namespace {

class NpyLabels : public ::testing::Test {
 protected:
  /// All labels of an array, as class indices.
  std::vector<std::int32_t> labels(const std::string& bytes, const class_names& classes) {
    keys_ = std::make_unique<io::row_keys>(classes, " in y.npy");
    const auto reader = io::open_npy_labels(folder_.write("y.npy", bytes));
    batch_buffers into;
    while (reader->read(2, into, *keys_) > 0) {
    }
    return into.labels;
  }
  refusal opening(const std::string& bytes) {
    const std::string path = folder_.write("y.npy", bytes);
    return refusal_of([&] { return io::open_npy_labels(path); });
  }

  temporary_folder folder_;
  std::unique_ptr<io::row_keys> keys_;
};

template <class T>
std::string integers(const std::string& type, const std::vector<T>& values) {
  return npy_array(type, "(" + std::to_string(values.size()) + ",)", raw(values));
}

/// UCS-4 text of `width` characters, padded with zeros.
std::string unicode(const std::vector<std::u32string>& texts, std::size_t width) {
  std::vector<std::uint32_t> points;
  for (const std::u32string& text : texts)
    for (std::size_t i = 0; i < width; ++i) points.push_back(i < text.size() ? text[i] : 0);
  return npy_array("<U" + std::to_string(width), "(" + std::to_string(texts.size()) + ",)", raw(points));
}

using indices = std::vector<std::int32_t>;

TEST_F(NpyLabels, IntegersOfEveryWidth) {
  const class_names classes = class_names::indexed(200);
  EXPECT_EQ(labels(integers<std::int8_t>("|i1", {0, 127, 5}), classes), (indices{0, 127, 5}));
  EXPECT_EQ(labels(integers<std::uint8_t>("|u1", {0, 199, 5}), classes), (indices{0, 199, 5}));
  EXPECT_EQ(labels(integers<std::int16_t>("<i2", {0, 199, 5}), classes), (indices{0, 199, 5}));
  EXPECT_EQ(labels(integers<std::uint16_t>("<u2", {0, 199, 5}), classes), (indices{0, 199, 5}));
  EXPECT_EQ(labels(integers<std::int32_t>("<i4", {0, 199, 5}), classes), (indices{0, 199, 5}));
  EXPECT_EQ(labels(integers<std::uint32_t>("<u4", {0, 199, 5}), classes), (indices{0, 199, 5}));
  EXPECT_EQ(labels(integers<std::int64_t>("<i8", {0, 199, 5}), classes), (indices{0, 199, 5}));
  EXPECT_EQ(labels(integers<std::uint64_t>("<u8", {0, 199, 5}), classes), (indices{0, 199, 5}));
  EXPECT_EQ(labels(integers<std::uint8_t>("|b1", {0, 1, 1}), classes), (indices{0, 1, 1}));
  EXPECT_EQ(keys_->problems().total(), 0U);
}

TEST_F(NpyLabels, SignsAreKept) {
  const class_names classes({"-1", "1", "-300", "4294967295"});
  EXPECT_EQ(labels(integers<std::int8_t>("|i1", {-1, 1}), classes), (indices{0, 1}));
  EXPECT_EQ(labels(integers<std::int16_t>("<i2", {-300, -1}), classes), (indices{2, 0}));
  EXPECT_EQ(labels(integers<std::int32_t>("<i4", {-300, -1}), classes), (indices{2, 0}));
  EXPECT_EQ(labels(integers<std::int64_t>("<i8", {-300, 4294967295}), classes), (indices{2, 3}));
  EXPECT_EQ(labels(integers<std::uint32_t>("<u4", {4294967295U, 1}), classes), (indices{3, 1}));
}

TEST_F(NpyLabels, NumbersBeyondTheClassesAreRefusedRows) {
  const class_names classes = class_names::indexed(3);
  EXPECT_EQ(labels(integers<std::int64_t>("<i8", {0, 3, -1, 4294967296, 2}), classes),
            (indices{0, refused_label, refused_label, refused_label, 2}));
  const row_problems::entry& unknown = keys_->problems()[row_problem::unknown_label];
  EXPECT_EQ(unknown.count, 3U);
  EXPECT_EQ(unknown.row, 1U);
  EXPECT_THAT(unknown.got, ::testing::AllOf(::testing::HasSubstr("has label \"3\""), ::testing::HasSubstr("in y.npy")));
  EXPECT_EQ(labels(integers<std::uint64_t>("<u8", {~std::uint64_t{0}, 1}), classes), (indices{refused_label, 1}));
}

TEST_F(NpyLabels, TextsMatchByName) {
  const class_names classes({"dog", "cat", "naïve", "東京", "𝄞"});
  EXPECT_EQ(labels(unicode({U"cat", U"naïve", U"東京", U"𝄞", U"dog"}, 5), classes), (indices{1, 2, 3, 4, 0}));
  EXPECT_EQ(labels(npy_array("|S3", "(2,)", "dogcat"), classes), (indices{0, 1}));
  EXPECT_EQ(labels(npy_array("|S5", "(2,)", std::string("dog\0\0cat\0\0", 10)), classes), (indices{0, 1}));
}

TEST_F(NpyLabels, OnlyTrailingZerosArePadding) {
  const class_names classes({"a", "b"});
  EXPECT_EQ(labels(unicode({std::u32string(U"a\0b", 3), U"b"}, 3), classes), (indices{refused_label, 1}));
  EXPECT_EQ(labels(npy_array("|S3", "(2,)", std::string("a\0bb\0\0", 6)), classes), (indices{refused_label, 1}));
}

TEST_F(NpyLabels, AnEmptyTextIsAMissingLabel) {
  EXPECT_EQ(labels(unicode({U"", U"b", U"nan"}, 3), class_names({"a", "b"})),
            (indices{refused_label, 1, refused_label}));
  EXPECT_EQ(keys_->problems()[row_problem::missing_label].count, 2U);
}

TEST_F(NpyLabels, AColumnIsAsGoodAsAVector) {
  EXPECT_EQ(labels(npy_array("<i2", "(2, 1)", raw(std::vector<std::int16_t>{1, 0})), class_names::indexed(2)),
            (indices{1, 0}));
  EXPECT_THAT(opening(npy_array("<i2", "(1, 2)", raw(std::vector<std::int16_t>{1, 0}))),
              says(error_code::shape_mismatch, "y.npy: is an array of shape (1, 2), expected one label per row"));
}

TEST_F(NpyLabels, FloatsAndObjectsAreRefused) {
  EXPECT_THAT(
      opening(npy_array("<f8", "(1,)", std::string(8, '\0'))),
      says(error_code::invalid_labels, "y.npy: labels are of type '<f8'", "expected integers or text", "astype"));
  EXPECT_THAT(opening(npy_array("|O", "(1,)", std::string(8, '\0'))),
              says(error_code::unsupported, "Python objects", "dtype=str"));
  EXPECT_THAT(opening(npy_array(">i8", "(1,)", std::string(8, '\0'))), says(error_code::unsupported, "big-endian"));
  EXPECT_THAT(opening(npy_array("<M8[D]", "(1,)", std::string(8, '\0'))), says(error_code::unsupported, "'<M8[D]'"));
  for (const char* wide : {"<i16", "<u16", "<i1024"})
    EXPECT_THAT(opening(npy_array(wide, "(1,)", std::string(1024, '\0'))), says(error_code::unsupported, wide)) << wide;
}

}  // namespace
}  // namespace calibrant::testing
