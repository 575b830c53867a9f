// Model files: what is written is read, stored versions stay readable, damage is refused whatever it is.
#include <calibrant/io/model_file.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/fitted.hpp>

#include "io/detail/safetensors.hpp"
#include "support/refusal.hpp"

namespace calibrant {
namespace {

using testing::refusal_of;
using testing::says;

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string stored(const std::string& name) {
  return CALIBRANT_TESTS_DIRECTORY "/data/models/" + name + ".1.calibrant";
}

/// The container with another text or tensor, and a checksum that fits.
std::string forged(const std::string& bytes, const std::function<void(io::tensor_file&)>& edit) {
  io::tensor_file file = io::decode_tensors(bytes, "model");
  edit(file);
  file.metadata["sha256"] = io::checksum(file.metadata["model"], file.tensors);
  return io::encode_tensors(file);
}

void replace(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
}

TEST(ModelFile, StoredVersionsMapAsTheyDid) {
  // Written by version 1 of the format from examples/digits/logistic_regression.csv.
  std::vector<float> row(10, 0.02F);
  row[3] = 0.82F;
  thread_pool pool(1);
  const probabilities scores(basic_matrix_view<float>::contiguous(row.data(), 1, 10));
  for (const char* const name : {"temperature", "svs", "isotonic"}) {
    const calibration_model model = read_model(stored(name));
    EXPECT_EQ(model.method->name, name);
    EXPECT_EQ(model.classes.size(), 10U);
    EXPECT_EQ(model.kind, score_kind::probabilities);
    EXPECT_EQ(encode_model(model), bytes_of(stored(name)));
    std::vector<double> p(10);
    apply_model(model, class_scores(scores), p.data(), pool);
    double total = 0;
    for (const double x : p) total += x;
    EXPECT_NEAR(total, 1, 1e-12) << name;
    EXPECT_EQ(std::max_element(p.begin(), p.end()) - p.begin(), 3) << name;
    if (model.method->name == "temperature") {
      const double beta = model.map->parameters().front().values.front();
      const double raised = std::pow(0.82, beta);
      EXPECT_NEAR(p[3], raised / (raised + 9 * std::pow(0.02, beta)), 1e-7);
    }
  }
}

TEST(ModelFile, EveryFlippedByteAndEveryCutIsRefused) {
  const std::string whole = bytes_of(stored("temperature"));
  std::mt19937_64 random(3);
  for (int trial = 0; trial < 400; ++trial) {
    std::string damaged = whole;
    const std::size_t at = random() % damaged.size();
    damaged[at] = static_cast<char>(damaged[at] ^ static_cast<char>(1 + random() % 255));
    EXPECT_TRUE(refusal_of([&] { return decode_model(damaged, "model"); }).code.has_value()) << "byte " << at;
    EXPECT_TRUE(refusal_of([&] { return decode_model(whole.substr(0, at), "model"); }).code.has_value())
        << "cut " << at;
  }
  EXPECT_TRUE(refusal_of([&] { return decode_model(whole + "x", "model"); }).code.has_value());
}

TEST(ModelFile, ForgeriesAreRefusedWithTheReason) {
  const std::string whole = bytes_of(stored("temperature"));
  const auto edited = [&](const std::string& from, const std::string& to) {
    return forged(whole, [&](io::tensor_file& file) { replace(file.metadata["model"], from, to); });
  };
  EXPECT_THAT(refusal_of([&] {
                return decode_model(
                    forged(whole, [](io::tensor_file& f) { f.metadata["format"] = "calibrant/model/2"; }), "m");
              }),
              says(error_code::unsupported, "m: got format \"calibrant/model/2\"", "newer version"));
  EXPECT_THAT(refusal_of([&] { return decode_model(edited("\"temperature\"", "\"telepathy\""), "m"); }),
              says(error_code::unsupported, "m: its method is \"telepathy\""));
  EXPECT_THAT(
      refusal_of([&] { return decode_model(edited("\"input\": \"probabilities\"", "\"input\": \"top_label\""), "m"); }),
      says(error_code::malformed_input, "m: damaged", "kind of scores"));
  EXPECT_THAT(refusal_of([&] { return decode_model(edited("\"temperature\"", "\"vector\""), "m"); }),
              says(error_code::malformed_input, "m: damaged", "\"slopes\" is missing"));
  EXPECT_THAT(
      refusal_of([&] { return decode_model(edited("\"classes_sha256\": \"", "\"classes_sha256\": \"0"), "m"); }),
      says(error_code::malformed_input, "canonical"));
  const double bad[] = {-1.0, 0.0, std::nan(""), INFINITY};
  for (const double& beta : bad)
    EXPECT_THAT(refusal_of([&] {
                  return decode_model(forged(whole,
                                             [&](io::tensor_file& f) {
                                               f.tensors[0].bytes = {reinterpret_cast<const char*>(&beta), sizeof beta};
                                             }),
                                      "m");
                }),
                says(error_code::malformed_input, "m: damaged", "\"beta\""));
  EXPECT_THAT(refusal_of([&] { return read_model(CALIBRANT_TESTS_DIRECTORY "/data/states/version_1_plain.cstate"); }),
              says(error_code::malformed_input, "its format is \"calibrant/state/1\""));
}

TEST(ModelFile, TellsModelsFromStates) {
  EXPECT_TRUE(is_model_file(stored("svs")));
  EXPECT_FALSE(is_model_file(CALIBRANT_TESTS_DIRECTORY "/data/states/version_1_plain.cstate"));
}

TEST(Fitted, MapsWhatItHasLearnedFrom) {
  const std::vector<float> z = {2, 0, 0, 1, 1, 0, 0, 2, -1, 1};
  const std::vector<std::int32_t> labels = {0, 1, 0, 1, 0};
  thread_pool pool(1);
  const logits scores(basic_matrix_view<float>::contiguous(z.data(), 5, 2));
  const fitted<logits> calibrator =
      fit(scores, labels, class_names({"no", "yes"}), {.method = "temperature", .options = {}}, pool);
  const std::vector<float> p = calibrator.apply<float>(scores, pool);
  EXPECT_NEAR(p[0] + p[1], 1, 1e-6);
  EXPECT_GT(p[0], p[1]);
  EXPECT_EQ(calibrator.model().classes[1], "yes");
}

}  // namespace
}  // namespace calibrant
