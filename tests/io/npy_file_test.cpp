#include "io/detail/npy_file.hpp"

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/npy_bytes.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace calibrant::testing {
namespace {

using io::parse_npy_header;

class NpyFile : public ::testing::Test {
 protected:
  refusal opening_scores(const std::string& bytes) {
    const std::string path = folder_.write("x.npy", bytes);
    return refusal_of([&] { io::npy_scores{path}; });
  }

  temporary_folder folder_;
};

TEST(NpyHeader, ReadsVersionsOneToThree) {
  for (const int version : {1, 2, 3}) {
    const std::string bytes = npy_bytes(npy_header_text("<f4", "(3, 4)"), "", version);
    const io::npy_header header = parse_npy_header(bytes, "x.npy");
    EXPECT_EQ(header.type, "<f4") << version;
    EXPECT_FALSE(header.fortran_order) << version;
    EXPECT_EQ(header.shape, (std::vector<std::uint64_t>{3, 4})) << version;
    EXPECT_EQ(header.data_offset, bytes.size()) << version;
  }
}

TEST(NpyHeader, ReadsEveryFormOfTheLiteral) {
  const auto shape = [](const std::string& text) { return parse_npy_header(npy_bytes(text, ""), "x.npy").shape; };
  using lengths = std::vector<std::uint64_t>;
  EXPECT_EQ(shape("{'descr': '<f4', 'fortran_order': False, 'shape': (), }"), lengths{});
  EXPECT_EQ(shape("{'descr': '<f4', 'fortran_order': False, 'shape': (7,), }"), lengths{7});
  EXPECT_EQ(shape("{\"shape\":(1,2,3),\"fortran_order\":True,\"descr\":\"<f4\"}"), (lengths{1, 2, 3}));
  EXPECT_TRUE(parse_npy_header(npy_bytes(npy_header_text("<f4", "(2, 2)", true), ""), "x").fortran_order);
}

TEST(NpyHeader, ItemBytes) {
  const auto bytes = [](const std::string& type) {
    return parse_npy_header(npy_array(type, "(1,)", ""), "x.npy").item_bytes();
  };
  const std::pair<const char*, std::size_t> known[] = {
      {"<f2", 2}, {"<f4", 4}, {"<f8", 8}, {"|b1", 1}, {"|i1", 1}, {"|u1", 1}, {"<i2", 2},  {"<u2", 2}, {"<i4", 4},
      {"<u4", 4}, {"<i8", 8}, {"<u8", 8}, {">f4", 4}, {"=f8", 8}, {"|S5", 5}, {"<U3", 12}, {">U3", 12}};
  for (const auto& [type, expected] : known) EXPECT_EQ(bytes(type), expected) << type;
  // Widths that no number has, and types without a plain meaning.
  for (const char* type :
       {"<f16",    "<i16", "<i3", "<u100", "|b2",  "<f1", "|O",         "|V8",       "<c8", "<M8[ns]",
        "<m8[us]", "f4",   "xf4", "<f4x",  "<f-4", "|S0", "<U99999999", "|S1048577", "<",   ""})
    EXPECT_EQ(bytes(type), 0U) << type;
}

TEST(NpyHeader, RefusesWhatIsNoHeader) {
  const auto refused = [](const std::string& bytes) {
    return refusal_of([&] { return parse_npy_header(bytes, "x.npy"); });
  };
  constexpr error_code code = error_code::malformed_input;
  const std::string good = npy_array("<f4", "(1,)", "");
  EXPECT_THAT(refused(""), says(code, "x.npy: damaged at byte 0", "not those of a .npy file"));
  EXPECT_THAT(refused("PK\x03\x04 a zip"), says(code, "damaged at byte 0", "not those of a .npy file"));
  EXPECT_THAT(refused("\n" + good), says(code, "damaged at byte 0", "not those of a .npy file"));
  EXPECT_THAT(refused(good.substr(0, 6)), says(code, "ends inside its header"));
  std::string version = good;
  version[6] = 4;
  EXPECT_THAT(refused(version), says(code, "damaged at byte 6", "version 4.0"));
  version[6] = 1;
  version[7] = 9;
  EXPECT_THAT(refused(version), says(code, "version 1.9"));

  const auto literal = [&](const std::string& text) { return refused(npy_bytes(text, "")); };
  EXPECT_THAT(literal("[]"), says(code, "damaged at byte 10", "expected {"));
  EXPECT_THAT(literal("{}"), says(code, "lacks 'descr', 'fortran_order' or 'shape'"));
  EXPECT_THAT(literal("{'descr': '<f4', 'shape': (1,)}"), says(code, "lacks 'descr', 'fortran_order' or 'shape'"));
  EXPECT_THAT(literal("{'descr': '<f4', 'descr': '<f8'}"), says(code, "'descr' is unknown or stands there twice"));
  EXPECT_THAT(literal("{'allow_pickle': True}"), says(code, "'allow_pickle' is unknown or stands there twice"));
  EXPECT_THAT(literal("{'descr': '<f4', 'fortran_order': Maybe}"), says(code, "expected False"));
  EXPECT_THAT(literal("{'descr': '<f4, 'fortran_order': False}"), says(code, "expected"));
  EXPECT_THAT(literal("{'descr': '<f4"), says(code, "expected a text in quotes"));
  EXPECT_THAT(literal("{'shape': (-1,)}"), says(code, "expected a length in the shape"));
  EXPECT_THAT(literal("{'shape': (1.5,)}"), says(code, "expected )"));
  EXPECT_THAT(literal("{'shape': (99999999999999999999,)}"), says(code, "expected a length in the shape"));
  EXPECT_THAT(literal("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x"), says(code, "text follows"));
  EXPECT_THAT(literal("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}"), says(code, "named fields"));
}

TEST(NpyHeader, RefusesEveryTruncation) {
  const std::string good = npy_array("<f4", "(3, 4)", "");
  for (std::size_t length = 0; length < good.size(); ++length) {
    const refusal got = refusal_of([&] { return parse_npy_header(good.substr(0, length), "x.npy"); });
    EXPECT_THAT(got, says(error_code::malformed_input, "x.npy: damaged at byte ")) << length;
  }
}

TEST_F(NpyFile, ReadsScoresOfEachTypeInBatches) {
  const std::vector<double> numbers = {0.5, 0.25, 0.25, 1, 0, 0, 0.125, 0.375, 0.5};
  const std::vector<std::uint16_t> halves = {0x3800, 0x3400, 0x3400, 0x3c00, 0, 0, 0x3000, 0x3600, 0x3800};
  const std::string files[] = {
      folder_.write("f8.npy", npy_array("<f8", "(3, 3)", raw(numbers))),
      folder_.write("f4.npy", npy_array("<f4", "(3, 3)", raw(std::vector<float>(numbers.begin(), numbers.end())))),
      folder_.write("f2.npy", npy_array("<f2", "(3, 3)", raw(halves)))};
  for (const std::string& path : files) {
    io::npy_scores scores(path);
    io::row_keys keys(class_names::indexed(3), "");
    EXPECT_EQ(scores.columns(), 3U);
    EXPECT_EQ(scores.rows(), 3U);
    batch_buffers into;
    ASSERT_EQ(scores.read(2, into, keys), 2U) << path;
    into.rows = 2;
    ASSERT_EQ(scores.read(100, into, keys), 1U) << path;
    into.rows = 3;
    EXPECT_EQ(scores.read(100, into, keys), 0U) << path;
    const prediction_batch batch = into.batch(score_kind::probabilities, 3);
    for (std::size_t i = 0; i < numbers.size(); ++i)
      EXPECT_EQ(view_of(batch.values).at(i / 3, i % 3), numbers[i]) << path << ' ' << i;
  }
}

TEST_F(NpyFile, FortranOrderIsReadOnlyWhereItIsTheSame) {
  const std::string payload = raw(std::vector<float>{0.5F, 0.5F});
  const std::string one_row = folder_.write("row.npy", npy_bytes(npy_header_text("<f4", "(1, 2)", true), payload));
  EXPECT_EQ(io::npy_scores(one_row).columns(), 2U);
  EXPECT_THAT(opening_scores(npy_bytes(npy_header_text("<f4", "(2, 2)", true), payload + payload)),
              says(error_code::unsupported, "x.npy: is an array in Fortran order", "expected C order",
                   "numpy.ascontiguousarray"));
}

TEST_F(NpyFile, RefusesTypesThatAreNoScores) {
  const std::string eight(8, '\0');
  EXPECT_THAT(opening_scores(npy_array(">f4", "(1, 2)", eight)),
              says(error_code::unsupported, "big-endian", "'>f4'", "newbyteorder"));
  EXPECT_THAT(opening_scores(npy_array("|O", "(1, 2)", eight)),
              says(error_code::unsupported, "Python objects", "never read"));
  EXPECT_THAT(opening_scores(npy_array("<i4", "(1, 2)", eight)),
              says(error_code::unsupported, "'<i4'", "expected scores of float16, float32 or float64", "astype"));
  EXPECT_THAT(opening_scores(npy_array("<f16", "(1, 2)", eight + eight + eight + eight)),
              says(error_code::unsupported, "'<f16'", "expected"));
  EXPECT_THAT(opening_scores(npy_array("<c8", "(1, 1)", eight)), says(error_code::unsupported, "'<c8'", "expected"));
}

TEST_F(NpyFile, RefusesShapesThatAreNoMatrix) {
  const std::string four(16, '\0');
  EXPECT_THAT(opening_scores(npy_array("<f4", "(4,)", four)),
              says(error_code::shape_mismatch, "shape (4)", "expected 2 dimensions, rows x classes"));
  EXPECT_THAT(opening_scores(npy_array("<f4", "(2, 2, 1)", four)), says(error_code::shape_mismatch, "(2, 2, 1)"));
  EXPECT_THAT(opening_scores(npy_array("<f4", "()", four.substr(0, 4))), says(error_code::shape_mismatch, "()"));
}

TEST_F(NpyFile, RefusesASizeThatDoesNotFitTheShape) {
  const std::string good = npy_array("<f4", "(2, 2)", std::string(16, '\0'));
  for (std::size_t length = good.size() - 16; length < good.size(); ++length)
    EXPECT_THAT(opening_scores(good.substr(0, length)),
                says(error_code::malformed_input, "x.npy: damaged at byte ", "shape (2, 2) and type '<f4' needs",
                     "the file has " + std::to_string(length)))
        << length;
  EXPECT_THAT(opening_scores(good + "x"), says(error_code::malformed_input, "the file has"));
  EXPECT_THAT(opening_scores(npy_array("<f8", "(4611686018427387904, 4)", "")),
              says(error_code::malformed_input, "needs too many bytes"));
  EXPECT_THAT(opening_scores(npy_array("<f8", "(0, 3)", "x")), says(error_code::malformed_input, "the file has"));
}

TEST_F(NpyFile, AnEmptyArrayHasNoRows) {
  io::npy_scores scores(folder_.write("x.npy", npy_array("<f8", "(0, 3)", "")));
  io::row_keys keys(class_names::indexed(3), "");
  batch_buffers into;
  EXPECT_EQ(scores.read(10, into, keys), 0U);
}

}  // namespace
}  // namespace calibrant::testing
