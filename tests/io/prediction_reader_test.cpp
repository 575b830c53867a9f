#include <calibrant/io/prediction_reader.hpp>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "support/npy_bytes.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace calibrant::testing {
namespace {

class PredictionReader : public ::testing::Test {
 protected:
  PredictionReader() { options_.kind = score_kind::probabilities; }

  /// Everything that a source delivers.
  struct contents {
    std::vector<std::string> classes;
    std::vector<double> scores;
    std::vector<std::int32_t> labels;
    std::vector<double> weights;
    std::vector<std::string> groups;
    std::vector<std::uint64_t> rows_of_sources;
    std::size_t batches = 0;
  };
  contents read() {
    const auto source = open_predictions(options_);
    contents all;
    all.classes = source->classes().names();
    const std::size_t K = all.classes.size();
    batch_buffers into;
    std::vector<std::int32_t> groups;
    while (source->next(into)) {
      const prediction_batch batch = into.batch(score_kind::probabilities, K);
      EXPECT_EQ(batch.labels.size(), into.rows);
      EXPECT_EQ(batch.source, into.source);
      for (std::size_t i = 0; i < into.rows; ++i)
        for (std::size_t k = 0; k < K; ++k) all.scores.push_back(view_of(batch.values).at(i, k));
      all.labels.insert(all.labels.end(), into.labels.begin(), into.labels.end());
      all.weights.insert(all.weights.end(), into.weights.begin(), into.weights.end());
      groups.insert(groups.end(), into.groups.begin(), into.groups.end());
      ++all.batches;
    }
    EXPECT_FALSE(source->next(into)) << "the end stays the end";
    for (const std::int32_t g : groups) all.groups.push_back(source->group_names()[static_cast<std::size_t>(g)]);
    for (const source_info& info : source->sources()) all.rows_of_sources.push_back(info.rows);
    EXPECT_EQ(source->bytes_read(), source->bytes_total());
    return all;
  }
  refusal reading() {
    return refusal_of([&] { read(); });
  }
  refusal opening() {
    return refusal_of([&] { return open_predictions(options_); });
  }

  std::string scores(const std::string& name, const std::vector<double>& values, std::size_t rows) {
    return folder_.write(
        name,
        npy_array("<f8", "(" + std::to_string(rows) + ", " + std::to_string(rows == 0 ? 2 : values.size() / rows) + ")",
                  raw(values)));
  }
  std::string labels(const std::string& name, const std::vector<std::int64_t>& values) {
    return folder_.write(name, npy_array("<i8", "(" + std::to_string(values.size()) + ",)", raw(values)));
  }

  temporary_folder folder_;
  input_options options_;
};

TEST_F(PredictionReader, ArraysWithLabelsOfTheirOwn) {
  options_.paths = {scores("x.npy", {0.5, 0.5, 1, 0, 0.25, 0.75}, 3)};
  options_.labels_file = labels("y.npy", {0, 1, 1});
  const contents got = read();
  EXPECT_EQ(got.classes, (std::vector<std::string>{"0", "1"}));
  EXPECT_EQ(got.scores, (std::vector<double>{0.5, 0.5, 1, 0, 0.25, 0.75}));
  EXPECT_EQ(got.labels, (std::vector<std::int32_t>{0, 1, 1}));
}

TEST_F(PredictionReader, ShardsAreOneDataSetInOrder) {
  options_.paths = {scores("b.npy", {0.5, 0.5}, 1), scores("none.npy", {}, 0), scores("a.npy", {1, 0, 0.25, 0.75}, 2)};
  options_.labels_file = labels("y.npy", {0, 1, 1});
  const contents got = read();
  EXPECT_EQ(got.scores, (std::vector<double>{0.5, 0.5, 1, 0, 0.25, 0.75}));
  EXPECT_EQ(got.labels, (std::vector<std::int32_t>{0, 1, 1}));
  EXPECT_EQ(got.rows_of_sources, (std::vector<std::uint64_t>{1, 0, 2}));
}

TEST_F(PredictionReader, LabelsWeightsAndGroupsFromATableBesideAnArray) {
  options_.paths = {scores("x.npy", {0.5, 0.5, 1, 0}, 2)};
  options_.labels_file = folder_.write("y.csv", "id,truth,w,where\n1,dog,0.5,north\n2,cat,2,south\n");
  options_.label = "truth";
  options_.weight = "w";
  options_.group = "where";
  options_.classes = {"cat", "dog"};
  const contents got = read();
  EXPECT_EQ(got.labels, (std::vector<std::int32_t>{1, 0}));
  EXPECT_EQ(got.weights, (std::vector<double>{0.5, 2}));
  EXPECT_EQ(got.groups, (std::vector<std::string>{"north", "south"}));
}

TEST_F(PredictionReader, TablesByExtension) {
  options_.paths = {folder_.write("x.TSV", "cat\tdog\tlabel\n0.5\t0.5\tdog\n")};
  EXPECT_EQ(read().classes, (std::vector<std::string>{"cat", "dog"}));
  options_.paths = {folder_.write("x.csv", "cat,dog,label\n0.5,0.5,dog\n")};
  EXPECT_EQ(read().labels, std::vector<std::int32_t>{1});
}

TEST_F(PredictionReader, RowsStreamInBatchesOfBoundedSize) {
  constexpr std::size_t rows = 100000;
  std::vector<double> values(2 * rows);
  std::vector<std::int64_t> y(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    values[2 * i] = static_cast<double>(i) / rows;
    values[2 * i + 1] = 1 - values[2 * i];
    y[i] = static_cast<std::int64_t>(i % 2);
  }
  options_.paths = {scores("x.npy", values, rows)};
  options_.labels_file = labels("y.npy", y);
  const contents got = read();
  EXPECT_EQ(got.scores, values);
  EXPECT_GE(got.batches, 4U);
  EXPECT_TRUE(std::equal(y.begin(), y.end(), got.labels.begin(), got.labels.end()));
}

TEST_F(PredictionReader, LengthsMustAgree) {
  options_.paths = {scores("x.npy", {0.5, 0.5, 1, 0}, 2)};
  options_.labels_file = labels("y.npy", {0});
  EXPECT_THAT(reading(), says(error_code::shape_mismatch, "y.npy: holds 1 labels for 2 rows of", "x.npy",
                              "expected one label per row"));
  options_.labels_file = labels("y.npy", {0, 1, 1});
  EXPECT_THAT(reading(), says(error_code::shape_mismatch, "y.npy: holds 3 labels for 2 rows of", "x.npy"));
  options_.labels_file = folder_.write("y.csv", "label\n0\n1\n1\n");
  EXPECT_THAT(reading(), says(error_code::shape_mismatch, "y.csv: holds more than 2 labels for 2 rows"));
  options_.paths.push_back(scores("z.npy", {0.5, 0.5}, 1));
  EXPECT_EQ(read().labels.size(), 3U);
  options_.paths.push_back(scores("z.npy", {0.5, 0.5}, 1));
  EXPECT_THAT(reading(), says(error_code::shape_mismatch, "y.csv: holds 3 labels", "the predictions"));
}

TEST_F(PredictionReader, ShardsMustFitTogether) {
  options_.labels_file = labels("y.npy", {0, 1});
  options_.paths = {scores("x.npy", {0.5, 0.5}, 1), scores("z.npy", {0.5, 0.25, 0.25}, 1)};
  EXPECT_THAT(reading(), says(error_code::shape_mismatch, "z.npy: has 3 columns, but", "x.npy has 2"));
  options_.labels_file.reset();
  options_.paths = {folder_.write("a.csv", "p,q,label\n1,0,p\n"), folder_.write("b.csv", "q,p,label\n1,0,p\n")};
  EXPECT_THAT(reading(), says(error_code::shape_mismatch, "b.csv: has other columns than", "a.csv"));
  options_.paths = {options_.paths[0], scores("z.npy", {0.5, 0.5}, 1)};
  EXPECT_THAT(opening(), says(error_code::missing_input, "z.npy: a .npy file has no labels", "--labels"));
}

TEST_F(PredictionReader, ShardsOfSeveralFormats) {
  options_.labels_file = labels("y.npy", {0, 1, 1});
  options_.classes = {"0", "1"};
  options_.scores = "p_*";
  options_.paths = {folder_.write("a.csv", "id,p_q,p_r\n7,1,0\n"), scores("z.npy", {0.5, 0.5}, 1),
                    folder_.write("b.tsv", "p_q\tp_r\n0.25\t0.75\n")};
  const contents got = read();
  EXPECT_EQ(got.scores, (std::vector<double>{1, 0, 0.5, 0.5, 0.25, 0.75}));
  EXPECT_EQ(got.labels, (std::vector<std::int32_t>{0, 1, 1}));
  EXPECT_EQ(got.rows_of_sources, (std::vector<std::uint64_t>{1, 1, 1}));

  // An array names no class: without --classes it must not be taken for classes that have names.
  options_.classes.clear();
  EXPECT_THAT(reading(), says(error_code::shape_mismatch, "z.npy: has other columns than", "a.csv",
                              "its classes are \"0\", \"1\", expected \"q\", \"r\""));
  options_.paths = {options_.paths[0], folder_.write("b.tsv", "p_r\tp_q\n0.25\t0.75\n")};
  EXPECT_THAT(reading(), says(error_code::shape_mismatch, "b.tsv: has other columns than", "a.csv",
                              "\"r\", \"q\", expected \"q\", \"r\""));
  // Names for the classes do not make columns in another order the same columns.
  options_.classes = {"0", "1"};
  EXPECT_THAT(reading(), says(error_code::shape_mismatch, "b.tsv: has other columns than", "a.csv"));
}

TEST_F(PredictionReader, NothingIsGuessed) {
  options_.kind.reset();
  options_.paths = {folder_.write("x.csv", "p,q,label\n2,1.5,p\n")};
  EXPECT_THAT(opening(), says(error_code::undeclared_input, "x.csv: say what the scores are", "--probabilities",
                              "--logits", "the 2 scores of the first row sum to 3.5"));
}

TEST_F(PredictionReader, RefusesFilesItCannotRead) {
  EXPECT_THAT(opening(), says(error_code::missing_input, "got no file"));
  options_.paths = {folder_.path("absent.csv")};
  EXPECT_THAT(opening(), says(error_code::missing_input, "absent.csv: no such file"));
  options_.paths = {folder_.path("absent.xlsx")};
  EXPECT_THAT(opening(), says(error_code::missing_input, "absent.xlsx: no such file"));
  options_.paths = {folder_.write("x.xlsx", "PK")};
  EXPECT_THAT(opening(), says(error_code::unsupported, "x.xlsx: files of this kind are not read", ".npy, .npz, .csv"));
  options_.paths = {scores("x.npy", {0.5, 0.5}, 1)};
  EXPECT_THAT(opening(), says(error_code::missing_input, "x.npy: a .npy file has no labels", "--labels"));
  options_.labels_file = labels("y.npy", {0});
  options_.group = "where";
  EXPECT_THAT(opening(), says(error_code::missing_input, "y.npy: a .npy file of labels has no weight or group column"));
  options_.group.reset();
  options_.labels_file = folder_.path("no.npy");
  EXPECT_THAT(opening(), says(error_code::missing_input, "no.npy: no such file"));
}

TEST_F(PredictionReader, HashesOnlyOnRequest) {
  options_.paths = {folder_.write("x.csv", "p,q,label\n1,0,p\n")};
  batch_buffers into;
  for (const bool hash : {false, true}) {
    options_.hash = hash;
    const auto source = open_predictions(options_);
    while (source->next(into)) {
    }
    const auto& sha256 = source->sources().front().sha256;
    ASSERT_EQ(sha256.has_value(), hash);
    if (hash) {
      EXPECT_EQ(*sha256, "0d81c6375ff90978c55221e0bcd2618f54971dc617fa58e7cd1d4f7311cde257");
    }
  }
}

TEST_F(PredictionReader, RefusedLabelsAreToldBySourceAndRow) {
  options_.paths = {folder_.write("a.csv", "p,q,label\n1,0,p\n"),
                    folder_.write("b.csv", "p,q,label\n1,0,q\n1,0,r\n1,0,\n")};
  const auto source = open_predictions(options_);
  batch_buffers into;
  std::vector<std::int32_t> labels;
  while (source->next(into)) labels.insert(labels.end(), into.labels.begin(), into.labels.end());
  EXPECT_EQ(labels, (std::vector<std::int32_t>{0, 1, refused_label, refused_label}));
  const row_problems::entry& unknown = source->problems()[row_problem::unknown_label];
  EXPECT_EQ(unknown.count, 1U);
  EXPECT_EQ(unknown.source, 1U);
  EXPECT_EQ(unknown.row, 1U);
  EXPECT_EQ(source->problems()[row_problem::missing_label].row, 2U);
}

TEST_F(PredictionReader, OneColumnOfTwoClasses) {
  options_.paths = {folder_.write("x.csv", "p,label\n0.25,ham\n1,spam\n0.75,ham\n")};
  options_.positive = positive_class{.name = "spam", .column = "p"};
  contents got = read();
  EXPECT_EQ(got.classes, (std::vector<std::string>{"ham", "spam"}));
  EXPECT_EQ(got.scores, (std::vector<double>{0.75, 0.25, 0, 1, 0.25, 0.75}));
  EXPECT_EQ(got.labels, (std::vector<std::int32_t>{0, 1, 0}));
  options_.classes = {"spam", "ham"};
  got = read();
  EXPECT_EQ(got.classes, options_.classes);
  EXPECT_EQ(got.scores, (std::vector<double>{0.25, 0.75, 1, 0, 0.75, 0.25})) << "in the order of --classes";
  options_.classes.clear();
  options_.percent = true;
  options_.paths = {folder_.write("y.csv", "p,label\n25,0\n100,1\n")};
  got = read();
  EXPECT_EQ(got.classes, (std::vector<std::string>{"not spam", "spam"}));
  EXPECT_EQ(got.scores, (std::vector<double>{0.75, 0.25, 0, 1}));
  EXPECT_EQ(got.labels, (std::vector<std::int32_t>{0, 1}));
}

TEST_F(PredictionReader, OneColumnOfAnArray) {
  options_.positive = positive_class{.name = "1", .column = "1"};
  options_.paths = {scores("x.npy", {9, 0.25, 9, 0.5}, 2)};
  options_.labels_file = labels("y.npy", {0, 1});
  EXPECT_EQ(read().scores, (std::vector<double>{0.75, 0.25, 0.5, 0.5}));
  options_.positive->column = "2";
  EXPECT_THAT(opening(), says(error_code::missing_input, "there is no column \"2\"", "from 0 to 1"));
}

TEST_F(PredictionReader, ConfidencesWithPredictionsOrCorrectness) {
  options_.kind.reset();
  options_.confidence = "c";
  options_.prediction = "pred";
  options_.paths = {folder_.write("b.csv", "c,pred,label\n0.5,zebra,ant\n"),
                    folder_.write("a.csv", "c,pred,label\n1,ant,ant\n0.25,newt,bee\n")};
  const auto source = open_predictions(options_);
  EXPECT_EQ(source->kind(), score_kind::top_label);
  EXPECT_EQ(source->classes().names(), (std::vector<std::string>{"ant", "bee", "newt", "zebra"}));
  batch_buffers into;
  std::vector<std::int32_t> predictions;
  while (source->next(into)) {
    const prediction_batch batch = into.batch(source->kind(), 4);
    EXPECT_EQ(view_of(batch.values).columns(), 1U);
    predictions.insert(predictions.end(), batch.predictions.begin(), batch.predictions.end());
  }
  EXPECT_EQ(predictions, (std::vector<std::int32_t>{3, 0, 2}));

  options_.prediction.reset();
  options_.correct = "ok";
  options_.paths = {folder_.write("c.csv", "c,ok\n0.5,1\n0.25,false\n0.75,\n0.5,yes\n")};
  const auto correct = open_predictions(options_);
  EXPECT_EQ(correct->classes().size(), 0U);
  ASSERT_TRUE(correct->next(into));
  EXPECT_EQ(into.labels, (std::vector<std::int32_t>{0, 1, refused_label, refused_label}));
  EXPECT_EQ(correct->problems()[row_problem::missing_label].row, 2U);
  EXPECT_EQ(
      correct->problems()[row_problem::unknown_label].got,
      "has \"yes\" as its correctness (line 5), expected 0, 1, true or false for whether its prediction is correct");
}

TEST_F(PredictionReader, ARowIsRefusedOnce) {
  options_.kind.reset();
  options_.confidence = "c";
  options_.prediction = "pred";
  options_.weight = "w";
  options_.classes = {"a", "b"};
  options_.paths = {folder_.write("x.csv", "c,pred,label,w\n0.5,q,r,-1\n0.5,a,r,-1\n0.5,a,b,-1\n0.5,a,b,1\n")};
  const auto source = open_predictions(options_);
  batch_buffers into;
  ASSERT_TRUE(source->next(into));
  EXPECT_EQ(into.labels, (std::vector<std::int32_t>{refused_label, refused_label, refused_label, 1}));
  EXPECT_EQ(source->problems().total(), 3U);
  EXPECT_EQ(source->problems()[row_problem::unknown_label].count, 2U);
  EXPECT_EQ(source->problems()[row_problem::invalid_weight].count, 1U);
}

TEST_F(PredictionReader, LabelsJoinedById) {
  options_.id = "id";
  options_.weight = "w";
  options_.group = "g";
  options_.paths = {folder_.write("1.csv", "p,q,id\n1,0,b\n0,1,a\n"), folder_.write("2.csv", "p,q,id\n1,0,c\n")};
  options_.labels_file = folder_.write("y.csv", "id,w,g,label\nc,3,x,q\na,1,y,p\nb,2,x,r\n");
  contents got = read();
  EXPECT_EQ(got.labels, (std::vector<std::int32_t>{refused_label, 0, 1})) << "r names no class";
  EXPECT_EQ(got.weights, (std::vector<double>{2, 1, 3}));
  EXPECT_EQ(got.groups, (std::vector<std::string>{"x", "y", "x"}));
  options_.labels_file = folder_.write("y.csv", "id,w,g,label\nc,3,x,q\na,1,y,p\nb,2,x,q\nd,1,x,q\ne,1,x,q\n");
  EXPECT_THAT(reading(), says(error_code::missing_input, "y.csv: 2 ids stand in no row", "\"d\", \"e\""));
  options_.labels_file = folder_.write("y.csv", "id,w,g,label\nc,3,x,q\na,1,y,p\n");
  EXPECT_THAT(reading(),
              says(error_code::missing_input, "1.csv: row 0 has the id \"b\", which", "y.csv does not hold"));
  options_.labels_file = folder_.write("y.csv", "id,w,g,label\nc,3,x,q\nc,1,y,p\n");
  EXPECT_THAT(opening(), says(error_code::malformed_input, "y.csv: row 1 has the id \"c\" again"));
}

TEST_F(PredictionReader, SoftLabelsByNameOrInOrder) {
  options_.paths = {folder_.write("x.csv", "p_a,p_b,q_b,q_a\n1,0,0.25,0.75\n0,1,1,0\n")};
  options_.scores = "p_*";
  options_.soft_labels = "q_*";
  auto source = open_predictions(options_);
  batch_buffers into;
  ASSERT_TRUE(source->next(into));
  EXPECT_EQ(into.label_shares, (std::vector<double>{0.75, 0.25, 0, 1})) << "by the names of the classes";
  EXPECT_EQ(into.labels, (std::vector<std::int32_t>{soft_label, soft_label}));
  options_.soft_labels = "q_b,q_a";
  source = open_predictions(options_);
  ASSERT_TRUE(source->next(into));
  EXPECT_EQ(into.label_shares, (std::vector<double>{0.25, 0.75, 1, 0})) << "as listed";
}

}  // namespace
}  // namespace calibrant::testing
