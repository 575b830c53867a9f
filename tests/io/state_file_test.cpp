#include <calibrant/io/state_file.hpp>

#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <calibrant/io/evaluation_json.hpp>
#include <calibrant/io/sha256.hpp>

#include "io/detail/safetensors.hpp"
#include "support/measure.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace calibrant::testing {
namespace {

/// 12 rows of 2 classes in 1 bin: every array is there and the file stays small.
evaluation_state small_state() {
  dataset data = random_probabilities(12, 2, 1);
  evaluation_state state = measure(data, {.bins = 1});
  state.sources.front().sha256 = std::string(64, 'a');
  return state;
}

/// States that differ in everything a state file holds.
std::vector<std::pair<std::string, evaluation_state>> varied_states() {
  std::vector<std::pair<std::string, evaluation_state>> states;
  states.emplace_back("small", small_state());
  states.emplace_back("K = 10", measure(random_probabilities(300, 10, 2)));
  const dataset single = random_probabilities(300, 10, 2);
  states.emplace_back("float32", measure_view(single, stored_scores<float>(single).view()));
  states.emplace_back("logits with a floor", measure(random_logits(100, 5, 3), {.bins = 4, .log_floor = 1e-15}));
  dataset frequencies = random_probabilities(50, 3, 4);
  add_integer_weights(frequencies, 5);
  states.emplace_back("integer weights", measure(frequencies));
  dataset importance = random_probabilities(50, 3, 6);
  add_real_weights(importance, 7);
  states.emplace_back("real weights", measure(importance));
  states.emplace_back("importance weights", measure(importance, {.weights = weight_kind::importance}));
  dataset grouped = random_probabilities(80, 4, 8);
  add_groups(grouped, 3, 9);
  grouped.group_names = {"north \"quoted\"", "süd", ""};
  states.emplace_back("groups", measure(grouped));
  states.emplace_back("micro-bins", measure(grouped, {.exact_rows = 30}));
  states.emplace_back("micro-bins of weights",
                      measure(importance, {.weights = weight_kind::importance, .exact_rows = 0}));
  for (const panel_parts parts :
       {panel_parts(panel_part::proper_scores), panel_parts(panel_part::top_label), panel_parts(panel_part::classwise),
        panel_part::confidence_scores | panel_part::class_values, panel_part::top_label | panel_part::confidences})
    states.emplace_back("chosen parts: " + parts.text(), measure(grouped, {.bins = 3, .parts = parts}));
  dataset bad = random_probabilities(20, 2, 10);
  bad.scores[0] = -1;
  bad.labels[3] = 7;
  states.emplace_back("skipped rows", measure(bad, {.pass = {.on_invalid = invalid_policy::skip}}));
  return states;
}

/// The description and the tensors with a checksum that fits, as somebody who edits a file would leave it.
std::string forged(const std::string& bytes, const std::function<void(std::string&)>& edit) {
  io::tensor_file file = io::decode_tensors(bytes, "forged");
  edit(file.metadata["state"]);
  sha256 hash;
  hash.update(std::as_bytes(std::span(file.metadata["state"])));
  for (const io::tensor& t : file.tensors) hash.update(std::as_bytes(std::span(t.bytes)));
  file.metadata["sha256"] = hash.finish();
  return io::encode_tensors(file);
}

void replace(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t place = text.find(from);
  ASSERT_NE(place, std::string::npos) << from << " is not in " << text;
  text.replace(place, from.size(), to);
}

refusal decoding(const std::string& bytes) {
  return refusal_of([&] { return decode_state(bytes, "x.cstate"); });
}

TEST(StateFile, KeepsEverything) {
  for (const auto& [name, state] : varied_states()) {
    const std::string bytes = encode_state(state);
    const evaluation_state back = decode_state(bytes, "x.cstate");
    EXPECT_EQ(back.config, state.config) << name;
    EXPECT_EQ(back.counts, state.counts) << name;
    EXPECT_EQ(back.panels, state.panels) << name;
    EXPECT_EQ(back.grouped, state.grouped) << name;
    EXPECT_EQ(back.weighted, state.weighted) << name;
    ASSERT_EQ(back.sources.size(), state.sources.size()) << name;
    for (std::size_t i = 0; i < state.sources.size(); ++i) {
      EXPECT_EQ(back.sources[i].path, state.sources[i].path) << name;
      EXPECT_EQ(back.sources[i].rows, state.sources[i].rows) << name;
      EXPECT_EQ(back.sources[i].sha256, state.sources[i].sha256) << name;
    }
    EXPECT_EQ(encode_state(back), bytes) << name << ": equal states give equal bytes";
    EXPECT_EQ(evaluation_json(evaluate(back), {}), evaluation_json(evaluate(state), {})) << name;
  }
}

TEST(StateFile, EqualStatesGiveEqualBytes) {
  const dataset data = random_probabilities(500, 3, 1);
  EXPECT_EQ(encode_state(measure(data)), encode_state(measure(data, {.threads = 2, .batch_rows = 7})));
  EXPECT_NE(encode_state(measure(data)), encode_state(measure(slice(data, 0, 499))));
}

/// The version 1 layout never changes: this digest is of a state of given rows, so any other encoding shows here.
TEST(StateFile, VersionOneKeepsItsBytes) {
  dataset data{.name = "fixed", .classes = 2};
  data.push({0.75, 0.25}, 0);
  data.push({0.5, 0.5}, 1);
  data.push({0.125, 0.875}, 1);
  const std::string bytes = encode_state(measure(data, {.bins = 2, .parts = panel_parts::fixed_memory()}));
  const io::tensor_file file = io::decode_tensors(bytes, "x");
  std::vector<std::string> layout;
  for (const io::tensor& t : file.tensors) layout.push_back(fmt::format("{} ({})", t.name, fmt::join(t.shape, ", ")));
  EXPECT_EQ(layout, (std::vector<std::string>{"0.scores.rows (2)", "0.scores.by_weight.exact (12, 2)",
                                              "0.top_label.by_weight.exact (2, 2, 8)",
                                              "0.classwise.by_weight.exact (2, 2, 8)"}));
  EXPECT_EQ(file.metadata.at("format"), "calibrant/state/1");
  // Hits and confidences of predicted class 0: 0.75 (right) and 0.5 (wrong) fall into the upper bin, in units of 2^-51.
  std::vector<std::int64_t> cells(32);
  std::memcpy(cells.data(), file.tensors[2].bytes.data(), file.tensors[2].bytes.size());
  constexpr std::int64_t one = std::int64_t{1} << 51;
  EXPECT_EQ(std::vector<std::int64_t>(cells.begin() + 8, cells.begin() + 12),
            (std::vector<std::int64_t>{2, 1, one / 2 + one * 3 / 4, 0}));
}

/// A pass for chosen metrics: what it did not measure takes no place, and rows fit no file.
TEST(StateFile, VersionThreeHoldsChosenParts) {
  const dataset data = random_probabilities(200, 10, 2);
  const evaluation_state state = measure(data, {.bins = 2, .parts = panel_part::proper_scores});
  const std::string bytes = encode_state(state);
  const io::tensor_file file = io::decode_tensors(bytes, "x");
  EXPECT_EQ(file.metadata.at("format"), "calibrant/state/3");
  EXPECT_THAT(file.metadata.at("state"), ::testing::HasSubstr("\"parts\": [\"scores\"]"));
  EXPECT_EQ(file.tensors.size(), 3) << "scores and top-label cells";
  EXPECT_TRUE(fits_state_file(state));
  EXPECT_TRUE(fits_state_file(measure(data)));
  EXPECT_FALSE(fits_state_file(measure(data, {.parts = panel_parts::all() | panel_part::rows})));
  EXPECT_FALSE(fits_state_file(measure(data, {.parts = panel_parts::all() | panel_part::kernel_pairs})));
  EXPECT_THAT(decoding(forged(bytes, [](std::string& text) { replace(text, "[\"scores\"]", "[]"); })),
              says(error_code::malformed_input, "damaged at byte 8"));
}

/// Files that version 1 wrote (five rows, two bins), kept as they are: every later Calibrant reads them.
TEST(StateFile, FilesOfVersionOneStayReadable) {
  const std::string folder = CALIBRANT_TESTS_DIRECTORY "/data/states/version_1_";
  const evaluation_state plain = read_state(folder + "plain.cstate");
  EXPECT_EQ(plain.counts.measured, 5U);
  EXPECT_EQ(plain.config.bins, 2U);
  EXPECT_EQ(plain.config.classes.names(), (std::vector<std::string>{"a", "b"}));
  // Confidences 1, .75, .5, .75, .875; labels b, a, b, a, b against predictions a, a, a, b, b.
  const panel_state& panel = only_panel(plain);
  EXPECT_EQ(panel.scores.total_weight(), 5);
  EXPECT_EQ(panel.top_label.all().sums.hits, 2);
  EXPECT_EQ(panel.top_label.all().sums.confidence, 3.875);

  const evaluation_state importance = read_state(folder + "importance.cstate");
  EXPECT_TRUE(importance.weighted);
  EXPECT_EQ(importance.config.weights, weight_kind::importance);
  EXPECT_EQ(only_panel(importance).scores.total_weight(), 3);  // 0, 0.5, 1, 1.5, 0

  const evaluation_state groups = read_state(folder + "groups.cstate");
  EXPECT_TRUE(groups.grouped);
  ASSERT_EQ(groups.panels.size(), 2U);
  EXPECT_EQ(groups.panels.at("north").scores.rows(), 3);
  EXPECT_EQ(groups.panels.at("süd").scores.rows(), 2);
  EXPECT_TRUE(groups.sources.front().sha256.has_value());

  for (const char* name : {"plain", "importance", "groups"}) {
    std::ifstream file(folder + name + ".cstate", std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    EXPECT_EQ(encode_state(read_state(folder + name + ".cstate")), bytes) << name;
  }
}

TEST(StateFile, DamageOfAnyByteIsRefused) {
  const std::string good = encode_state(small_state());
  ASSERT_LT(good.size(), 8000U);
  std::size_t accepted = 0;
  for (std::size_t offset = 0; offset < good.size(); ++offset)
    for (const unsigned mask : {0x01U, 0x02U, 0x10U, 0x20U, 0x80U, 0xffU}) {
      std::string bytes = good;
      bytes[offset] = static_cast<char>(static_cast<unsigned char>(bytes[offset]) ^ mask);
      const refusal got = decoding(bytes);
      if (got.code == error_code::unsupported) {
        ASSERT_THAT(got, says(error_code::unsupported, "x.cstate: got format \"calibrant/state/")) << offset;
        continue;
      }
      ASSERT_THAT(got, says(error_code::malformed_input, "x.cstate: damaged at byte ", ": ", "; make the file again"))
          << "byte " << offset << " with mask " << mask;
      accepted += !got.code.has_value();
    }
  EXPECT_EQ(accepted, 0U);
}

TEST(StateFile, DamageOfTheHeaderTellsWhereItIs) {
  const std::string good = encode_state(small_state());
  // A number of the header's own, behind everything that makes it JSON of the expected form.
  const std::size_t last = good.find("\"data_offsets\":[", good.find("classwise")) + 16;
  std::string bytes = good;
  bytes[last + 1] = ' ';
  EXPECT_THAT(decoding(bytes), says(error_code::malformed_input, "damaged at byte ")) << good.substr(last, 10);
  bytes = good;
  bytes.insert(last, " ");
  bytes[0] = static_cast<char>(bytes[0] + 1);
  EXPECT_THAT(decoding(bytes),
              says(error_code::malformed_input, fmt::format("damaged at byte {}: ", last), "canonical"));
}

TEST(StateFile, EveryTruncationIsRefused) {
  const std::string good = encode_state(small_state());
  for (std::size_t length = 0; length < good.size(); ++length)
    ASSERT_THAT(decoding(good.substr(0, length)), says(error_code::malformed_input, "x.cstate: damaged at byte "))
        << length;
}

TEST(StateFile, BytesBehindTheEndAreRefused) {
  const std::string good = encode_state(small_state());
  for (const std::size_t extra : {1, 7, 8, 1000})
    EXPECT_THAT(decoding(good + std::string(extra, '\0')),
                says(error_code::malformed_input, fmt::format("damaged at byte {}", good.size()),
                     fmt::format("{} bytes follow the last tensor", extra)));
  EXPECT_THAT(decoding(good + good), says(error_code::malformed_input, "bytes follow the last tensor"));
}

TEST(StateFile, OtherVersionsAndKindsAreRefused) {
  const std::string good = encode_state(small_state());
  io::tensor_file file = io::decode_tensors(good, "x");
  file.metadata["format"] = "calibrant/state/4";
  EXPECT_THAT(decoding(io::encode_tensors(file)),
              says(error_code::unsupported,
                   "x.cstate: got format \"calibrant/state/4\", expected \"calibrant/state/3\" or an older one",
                   "newer version"));
  file.metadata["format"] = "calibrant/model/1";
  EXPECT_THAT(decoding(io::encode_tensors(file)),
              says(error_code::malformed_input, "format is \"calibrant/model/1\", expected \"calibrant/state/3\""));
  file.metadata.erase("format");
  EXPECT_THAT(decoding(io::encode_tensors(file)),
              says(error_code::malformed_input, "the metadata has no \"format\", so it is no state file"));
  file = io::decode_tensors(good, "x");
  file.metadata["note"] = "mine";
  EXPECT_THAT(decoding(io::encode_tensors(file)),
              says(error_code::malformed_input, "more than format, state and sha256"));
  EXPECT_THAT(decoding(io::encode_tensors({})), says(error_code::malformed_input, "so it is no state file"));
}

TEST(StateFile, TensorsMustBeThoseOfTheConfiguration) {
  constexpr error_code code = error_code::malformed_input;
  const std::string good = encode_state(small_state());
  const auto decoded = [&](const std::function<void(io::tensor_file&)>& edit) {
    io::tensor_file file = io::decode_tensors(good, "x");
    edit(file);
    return decoding(forged(io::encode_tensors(file), [](std::string&) {}));
  };
  EXPECT_THAT(decoded([](auto& f) { f.tensors.pop_back(); }), says(code, "ranks.by_weight.exact\" is missing"));
  EXPECT_THAT(decoded([](auto& f) {
                std::erase_if(f.tensors, [](const io::tensor& t) { return t.name.ends_with("confidences.keys"); });
              }),
              says(code, "sorted forecasts are not those of any rows"));
  EXPECT_THAT(decoded([](auto& f) { f.tensors.erase(f.tensors.begin() + 3); }),
              says(code, "classwise.by_weight.exact\" is missing"));
  EXPECT_THAT(decoded([](auto& f) { std::swap(f.tensors[0], f.tensors[1]); }), says(code, "missing or out of order"));
  EXPECT_THAT(decoded([](auto& f) { f.tensors[0].type = io::tensor_type::f64; }), says(code, "type and shape"));
  EXPECT_THAT(decoded([](auto& f) { f.tensors[1].shape = {24}; }), says(code, "type and shape"));
  EXPECT_THAT(decoded([](auto& f) { f.tensors.push_back(f.tensors[0]); }), says(code, "unknown"));
  EXPECT_THAT(decoded([](auto& f) { f.tensors[3].name = "1.classwise.by_weight.exact"; }), says(code, "missing"));
}

/// With a checksum that fits: what the description says must still be possible.
TEST(StateFile, DescriptionsOutsideTheirDomainAreRefused) {
  const std::string good = encode_state(small_state());
  const auto edited = [&](const std::string& from, const std::string& to) {
    return decoding(forged(good, [&](std::string& text) { replace(text, from, to); }));
  };
  constexpr error_code code = error_code::malformed_input;
  ASSERT_EQ(decoding(forged(good, [](std::string&) {})).code, std::nullopt);
  EXPECT_THAT(edited("\"0\"", "\"1\""), says(code, "damaged at byte 8", "\"1\" stands at positions 0 and 1"));
  EXPECT_THAT(edited("\"0\"", "\"\""), says(code, "is empty"));
  EXPECT_THAT(edited("\"probabilities\"", "\"odds\""), says(code, "kind of scores is unknown"));
  EXPECT_THAT(edited("\"frequency\"", "\"mass\""), says(code, "meaning of weights is unknown"));
  for (const char* bins : {"0", "2", "65537", "-1", "1.5", "\"1\"", "18446744073709551615"})
    EXPECT_THAT(edited("\"bins\": 1", fmt::format("\"bins\": {}", bins)), says(code, "damaged at byte 8")) << bins;
  for (const char* floor : {"0", "1", "-0.5", "7", "true"})
    EXPECT_THAT(edited("\"log_floor\": null", fmt::format("\"log_floor\": {}", floor)), says(code, "damaged at byte 8"))
        << floor;
  EXPECT_THAT(edited("\"exact_rows\": 2000000", "\"exact_rows\": 11"), says(code, "damaged at byte 8"));
  EXPECT_THAT(edited("\"exact_rows\": 2000000", "\"exact_rows\": -1"), says(code, "damaged at byte 8"));
  EXPECT_THAT(edited(", \"confidences\"", ""), says(code, "damaged at byte 8"));
  EXPECT_THAT(edited("\"grouped\": false", "\"grouped\": 0"), says(code, "damaged at byte 8"));
  EXPECT_THAT(edited("\"groups\": [\"\"]", "\"groups\": [\"\", \"\"]"), says(code, "damaged at byte 8"));
  EXPECT_THAT(edited("\"groups\": [\"\"]", "\"groups\": [\"a\"]"), says(code, "damaged at byte 8")) << "not grouped";
  EXPECT_THAT(edited("\"measured\": 12", "\"measured\": -12"), says(code, "damaged at byte 8"));
  EXPECT_THAT(edited("\"measured\": 12", "\"measured\": 13"), says(code, "damaged at byte 8")) << "rows disagree";
  EXPECT_THAT(edited("{", "{ "), says(code, "canonical"));
  EXPECT_THAT(edited("\"weighted\": false", "\"weighted\": false, \"more\": 1"), says(code, "canonical"));
  EXPECT_THAT(edited("{", ""), says(code, "not the expected JSON"));
}

TEST(StateFile, GroupsMustBeInOrderAndEachOnce) {
  dataset data = random_probabilities(40, 2, 3);
  add_groups(data, 2, 4);
  const std::string good = encode_state(measure(data, {.bins = 1}));
  const auto edited = [&](const std::string& to) {
    return decoding(forged(good, [&](std::string& text) { replace(text, "\"groups\": [\"a\", \"b\"]", to); }));
  };
  ASSERT_EQ(edited("\"groups\": [\"a\", \"c\"]").code, std::nullopt);
  EXPECT_THAT(edited("\"groups\": [\"b\", \"a\"]"), says(error_code::malformed_input, "canonical"));
  EXPECT_THAT(edited("\"groups\": [\"a\", \"a\"]"),
              says(error_code::malformed_input, "group \"a\" stands there twice"));
  EXPECT_THAT(edited("\"groups\": [\"a\"]"), says(error_code::malformed_input, "unknown"));
  EXPECT_THAT(edited("\"groups\": []"), says(error_code::malformed_input, "damaged at byte 8"));
}

TEST(StateFile, WritesAndReadsFiles) {
  const temporary_folder folder;
  const evaluation_state state = small_state();
  write_state(folder.path("a.cstate"), state);
  EXPECT_EQ(folder.read("a.cstate"), encode_state(state));
  EXPECT_EQ(folder.count(), 1U);
  EXPECT_EQ(encode_state(read_state(folder.path("a.cstate"))), encode_state(state));
  EXPECT_THAT(refusal_of([&] { return read_state(folder.path("b.cstate")); }),
              says(error_code::missing_input, "b.cstate: no such file"));
  EXPECT_THAT(refusal_of([&] { return read_state(folder.write("c.cstate", "hello, world")); }),
              says(error_code::malformed_input, folder.path("c.cstate") + ": damaged at byte 0"));
  EXPECT_THAT(refusal_of([&] { write_state(folder.path("no/a.cstate"), state); }),
              says(error_code::unwritable_output, "no/a.cstate: creating it failed"));
}

}  // namespace
}  // namespace calibrant::testing
