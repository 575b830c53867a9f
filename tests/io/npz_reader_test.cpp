#include <memory>
#include <string>
#include <vector>

#include "io/detail/score_columns.hpp"
#include "io/detail/table_file.hpp"
#include "support/npy_bytes.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"
#include "support/zip_bytes.hpp"

namespace calibrant::testing {
namespace {

/// An archive with the classes "0" and "1".
class NpzReader : public ::testing::Test {
 protected:
  static zip_entry array(const std::string& name, const std::string& type, const std::string& shape,
                         const std::string& payload) {
    return {name + ".npy", npy_array(type, shape, payload), name.size() % 2 == 0};
  }

  void open(const std::vector<zip_entry>& entries) {
    table_ = io::open_npz(folder_.write("x.npz", zip_bytes(entries)));
  }
  void read(const io::column_roles& roles, std::size_t at_most = 1000) {
    const auto reader = table_->rows(roles, true);
    keys_ = std::make_unique<io::row_keys>(class_names({"0", "1"}), "");
    into_ = {};
    while (const std::size_t got = reader->read(at_most, into_, *keys_)) into_.rows += got;
    EXPECT_EQ(reader->rows(), into_.rows);
    EXPECT_EQ(reader->bytes_read(), folder_.read("x.npz").size());
  }

  const std::vector<zip_entry> whole_ = {
      array("p", "<f4", "(3, 2)", raw<float>({0.25F, 0.75F, 1, 0, 0.5F, 0.5F})),
      array("label", "<i8", "(3,)", raw<std::int64_t>({1, 0, 7})),
      array("ww", "<f8", "(3,)", raw<double>({2, 0.5, 1})),
      array("g", "|S5", "(3,)", std::string("north\0\0\0\0\0south", 15)),
      array("a", "<f8", "(3,)", raw<double>({1, 2, 3})),
      array("bb", "<f2", "(3,)", raw<std::uint16_t>({0x3c00, 0x0000, 0xbc00})),
      {"readme.txt", "no array"},
  };
  temporary_folder folder_;
  std::unique_ptr<io::table_file> table_;
  std::unique_ptr<io::row_keys> keys_;
  batch_buffers into_;
};

TEST_F(NpzReader, ColumnsAreTheArrays) {
  open(whole_);
  EXPECT_EQ(table_->columns(), (std::vector<std::string>{"p", "label", "ww", "g", "a", "bb"}));
  EXPECT_EQ(table_->array_at(0)->width, 2U);
  EXPECT_TRUE(table_->array_at(0)->may_be_scores);
  EXPECT_FALSE(table_->array_at(1));
}

TEST_F(NpzReader, ReadsScoresAndKeysInPiecesOfAnySize) {
  open(whole_);
  for (const std::size_t at_most : {1, 2, 1000}) {
    read({.scores = {0}, .label = 1, .weight = 2, .group = 3}, at_most);
    EXPECT_EQ(into_.type, score_type::float32);
    EXPECT_EQ(std::vector<float>(into_.float32.begin(), into_.float32.begin() + 6),
              (std::vector<float>{0.25F, 0.75F, 1, 0, 0.5F, 0.5F}));
    EXPECT_EQ(into_.labels, (std::vector<std::int32_t>{1, 0, refused_label}));
    EXPECT_EQ(into_.weights, (std::vector<double>{2, 0.5, 1}));
    EXPECT_EQ(into_.groups, (std::vector<std::int32_t>{0, 1, 2}));
    EXPECT_EQ(keys_->groups().names(), (std::vector<std::string>{"north", "(missing)", "south"}));
    EXPECT_EQ(keys_->problems()[row_problem::unknown_label].count, 1U);
    EXPECT_EQ(keys_->problems()[row_problem::unknown_label].row, 2U);
  }
}

TEST_F(NpzReader, ScoresMayBeOneArrayPerClass) {
  open(whole_);
  read({.scores = {5, 4}}, 2);
  EXPECT_EQ(into_.type, score_type::float64);
  EXPECT_EQ(std::vector<double>(into_.float64.begin(), into_.float64.begin() + 6),
            (std::vector<double>{1, 1, 0, 2, -1, 3}));
  read({.scores = {4}});
  EXPECT_EQ(std::vector<double>(into_.float64.begin(), into_.float64.begin() + 3), (std::vector<double>{1, 2, 3}));
}

TEST_F(NpzReader, LabelsMayBeSharesOfTheClasses) {
  open({array("p", "<f8", "(2, 2)", raw<double>({0, 1, 1, 0})),
        array("y", "|u1", "(2, 2)", raw<std::uint8_t>({1, 0, 0, 1})),
        array("z", "<i4", "(2, 3)", raw<std::int32_t>({1, 0, 0, 0, 1, 0}))});
  read({.scores = {0}, .label = 1}, 1);
  EXPECT_EQ(into_.label_shares, (std::vector<double>{1, 0, 0, 1}));
  EXPECT_EQ(into_.labels, (std::vector<std::int32_t>{soft_label, soft_label}));
  EXPECT_THAT(refusal_of([&] { read({.scores = {0}, .label = 2}); }),
              says(error_code::shape_mismatch, "x.npz[\"z\"]: is an array of shape (2, 3)", "each of the 2 classes"));
}

TEST_F(NpzReader, WhichArrayTheScoresAre) {
  input_options options;
  const auto choose = [&] { return io::choose_scores("x.npz", *table_, options); };
  open(whole_);
  EXPECT_EQ(choose().columns, std::vector<std::size_t>{0});
  EXPECT_EQ(choose().count, 2U);
  std::vector<zip_entry> more = whole_;
  more.push_back(array("tokens", "<i8", "(3, 2)", raw<std::int64_t>({1, 2, 3, 4, 5, 6})));
  open(more);
  EXPECT_EQ(choose().columns, std::vector<std::size_t>{0}) << "integers are no scores unless they are asked for";
  more.push_back(array("q", "<f4", "(3, 1)", raw<float>({1, 2, 3})));
  open(more);
  EXPECT_THAT(refusal_of(choose),
              says(error_code::missing_input, "x.npz: \"p\", \"q\" may all be the scores", "--scores"));
  options.scores = "p";
  EXPECT_EQ(choose().columns, std::vector<std::size_t>{0});
  options.scores = "a,bb";
  EXPECT_EQ(choose().columns, (std::vector<std::size_t>{4, 5}));
  EXPECT_EQ(choose().names, (std::vector<std::string>{"a", "bb"}));
  options.scores.reset();
  options.weight = "q";
  EXPECT_EQ(choose().columns, std::vector<std::size_t>{0}) << "an array with another role is none";
}

TEST_F(NpzReader, SaysWhatIsWrong) {
  const auto opening = [&](const std::vector<zip_entry>& entries) { return refusal_of([&] { open(entries); }); };
  EXPECT_THAT(opening({{"a.txt", "x"}}), says(error_code::missing_input, "x.npz: the archive holds no array"));
  open({array("p", "<f8", "(2, 2)", raw<double>({0, 1, 1, 0})),
        array("y", "<i8", "(3,)", raw<std::int64_t>({0, 1, 1})),
        array("o", "|O", "(2,)", "pickled!"),
        array("f", "<f8", "(2,)", raw<double>({0, 1})),
        array("s", "<U1", "(2,)", raw<std::uint32_t>({65, 66})),
        array("i", "<i8", "(2, 2)", std::string(32, '\0')),
        array("t", "<f8", "(2, 2, 1)", std::string(32, '\0')),
        {"d.npy", npy_array("<f8", "(5, 2)", "short")},
        {"n.npy", "no array"},
        array("v", "<i4", "(2,)", raw<std::int32_t>({0, 1}))});
  const auto refused = [&](const io::column_roles& roles) { return refusal_of([&] { read(roles); }); };
  EXPECT_THAT(refused({.scores = {0}, .label = 1}),
              says(error_code::shape_mismatch, "x.npz: \"p\" has 2 rows and \"y\" has 3", "one value per row"));
  EXPECT_THAT(refused({.scores = {0}, .label = 2}),
              says(error_code::unsupported, "x.npz[\"o\"]: is an array of Python"));
  EXPECT_THAT(refused({.scores = {0}, .label = 3}),
              says(error_code::invalid_labels, "x.npz[\"f\"]: labels are of type '<f8'", "astype('int64')"));
  EXPECT_THAT(refused({.scores = {0}, .label = 9, .weight = 4}),
              says(error_code::invalid_weights, "x.npz[\"s\"]: is an array of type '<U1', expected numbers"));
  EXPECT_THAT(refused({.scores = {0}, .label = 9, .group = 3}),
              says(error_code::malformed_input, "x.npz[\"f\"]: is an array of type '<f8', expected integers or text"));
  EXPECT_THAT(refused({.scores = {5}}), says(error_code::unsupported, "x.npz[\"i\"]: ", "'<i8', expected scores"));
  EXPECT_THAT(refused({.scores = {6}}), says(error_code::shape_mismatch, "x.npz[\"t\"]: ", "expected 2 dimensions"));
  EXPECT_THAT(refused({.scores = {7}}),
              says(error_code::malformed_input, "x.npz[\"d\"]: damaged at byte 128", "(5, 2)", "needs 208 bytes"));
  EXPECT_THAT(refused({.scores = {8}}), says(error_code::malformed_input, "x.npz[\"n\"]: damaged at byte 0"));
  EXPECT_THAT(refused({.scores = {3, 9}}), says(error_code::unsupported, "x.npz[\"v\"]: ", "'<i4', expected scores"));
  EXPECT_THAT(refused({.scores = {3, 0}}),
              says(error_code::shape_mismatch, "x.npz[\"p\"]: ", "expected one score per row"));
}

}  // namespace
}  // namespace calibrant::testing
