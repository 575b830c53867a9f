// What the packages themselves answered (tests/compat/make_fixtures.py) is what the peer modes compute.

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <simdjson.h>
#include <calibrant/metrics/peers/peer_catalog.hpp>

#include "support/measure.hpp"
#include "support/reference_data.hpp"

namespace calibrant {
namespace {

const std::string compat = testing::tests_directory + "/compat/";

struct stored_value {
  std::string data;
  std::string metric;
  std::optional<std::size_t> bins;
  std::optional<double> value;  ///< absent where the peer fails
};

std::vector<stored_value> read_fixture(const std::filesystem::path& path) {
  simdjson::dom::parser parser;
  const simdjson::dom::element document = parser.load(path.string());
  std::vector<stored_value> all;
  for (const char* const list : {"values", "failures"})
    for (const simdjson::dom::element entry : document[list].get_array()) {
      stored_value one{.data = std::string(std::string_view(entry["data"])),
                       .metric = std::string(std::string_view(entry["metric"])),
                       .bins = {},
                       .value = {}};
      if (std::int64_t bins = 0; entry["bins"].get(bins) == simdjson::SUCCESS)
        one.bins = static_cast<std::size_t>(bins);
      if (double value = 0; entry["value"].get(value) == simdjson::SUCCESS) one.value = value;
      all.push_back(one);
    }
  return all;
}

testing::dataset load(const std::string& name) {
  if (name == "golden") return testing::golden_dataset();
  const bool narrow = name.ends_with("float32");
  testing::dataset data{.name = name};
  data.labels = testing::read_npy<std::int32_t>(compat + "data/" + name + "_labels.npy", "<i4");
  const std::string scores = compat + "data/" + name + "_scores.npy";
  if (narrow) {
    const std::vector<float> floats = testing::read_npy<float>(scores, "<f4");
    data.scores.assign(floats.begin(), floats.end());
  } else {
    data.scores = testing::read_npy<double>(scores, "<f8");
  }
  data.classes = data.scores.size() / data.labels.size();
  return data;
}

/// As the tests in Python have it (tests/compat/peer_support.py): what float32 sums inside a package may differ.
double tolerance(const std::string& peer, const stored_value& stored) {
  if (peer == "torch_uncertainty" && stored.metric == "smooth_ece") return 2e-5;
  const bool torch = peer == "torchmetrics" || peer == "torch_uncertainty" || peer == "temperature_scaling";
  return torch || stored.data.ends_with("float32") ? 2e-6 : 1e-12;
}

TEST(PeerFixtures, EveryStoredValueIsReproduced) {
  std::map<std::string, testing::dataset> loaded;
  std::size_t compared = 0;
  for (const auto& file : std::filesystem::directory_iterator(compat + "fixtures")) {
    const std::string name = file.path().stem().string();
    const peer_entry* const peer = find_peer(name);
    ASSERT_NE(peer, nullptr) << name;
    std::map<std::pair<std::string, std::size_t>, evaluation_state> measured;
    for (const stored_value& stored : read_fixture(file.path())) {
      if (!loaded.contains(stored.data)) loaded.emplace(stored.data, load(stored.data));
      const testing::dataset& data = loaded.at(stored.data);
      const std::pair key(stored.data, stored.bins.value_or(0));
      if (!measured.contains(key)) {
        const testing::measure_options options{
            .peer = peer_choice{.entry = peer,
                                .bins = stored.bins.value_or(peer->default_bins),
                                .class_bins = stored.bins.value_or(peer->default_class_bins),
                                .parts = peer_parts_needed(*peer, {})}};
        measured.emplace(key, stored.data.ends_with("float32")
                                  ? measure_view(data, testing::stored_scores<float>(data).view(), options)
                                  : measure(data, options));
      }
      const evaluation_state& state = measured.at(key);
      const estimate ours = peer_estimate(state.peers.at(""), testing::only_panel(state), stored.metric);
      const std::string what = name + " " + stored.metric + " of " + stored.data + " with " +
                               (stored.bins ? std::to_string(*stored.bins) : std::string("its own number of")) +
                               " bins";
      if (!stored.value) {
        EXPECT_FALSE(ours.value.value) << what << ": the peer fails";
        EXPECT_FALSE(ours.value.reason.empty()) << what;
        continue;
      }
      ASSERT_TRUE(ours.value.value) << what << ": " << ours.value.reason;
      EXPECT_NEAR(*ours.value.value, *stored.value, tolerance(name, stored)) << what;
      ++compared;
    }
  }
  EXPECT_GT(compared, 900U);
}

}  // namespace
}  // namespace calibrant
