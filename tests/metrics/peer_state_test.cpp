#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/io/state_file.hpp>
#include <calibrant/metrics/peers/peer_catalog.hpp>

#include "support/measure.hpp"
#include "support/reference_data.hpp"
#include "support/refusal.hpp"

namespace calibrant {
namespace {

using testing::dataset;
using testing::measure;
using testing::measure_options;

measure_options options_of(const peer_entry& peer, std::size_t bins = 0) {
  return {.peer = peer_choice{.entry = &peer,
                              .bins = bins == 0 ? peer.default_bins : bins,
                              .class_bins = bins == 0 ? peer.default_class_bins : bins,
                              .parts = peer_parts_needed(peer, {})}};
}

using numbers = std::map<std::string, std::optional<double>>;

numbers numbers_of(const peer_state& state, const panel_state& panel) {
  numbers all;
  for (const peer_metric& metric : state.peer().metrics)
    all[std::string(metric.metric)] = peer_estimate(state, panel, metric.metric).value.value;
  return all;
}

numbers numbers_of(const evaluation_state& state) { return numbers_of(*state.peer_total(), state.total()); }

/// Random rows with ties, exact zeros and exact ones among them.
dataset mixed(std::size_t classes, std::uint64_t seed) {
  dataset data = testing::random_probabilities(300, classes, seed, 3);
  const dataset ties = testing::grid_probabilities(300, classes, seed + 1);
  data.scores.insert(data.scores.end(), ties.scores.begin(), ties.scores.end());
  data.labels.insert(data.labels.end(), ties.labels.begin(), ties.labels.end());
  return data;
}

class EveryPeer : public ::testing::TestWithParam<std::size_t> {
 protected:
  [[nodiscard]] const peer_entry& peer() const { return peer_catalog()[GetParam()]; }
};

TEST_P(EveryPeer, GivesTheSameBitsForAnyThreadsAndBatches) {
  const dataset data = mixed(5, 11);
  measure_options options = options_of(peer());
  const numbers whole = numbers_of(measure(data, options));
  options.threads = 3;
  options.batch_rows = 37;
  EXPECT_EQ(numbers_of(measure(data, options)), whole);
}

TEST_P(EveryPeer, GivesEachGroupAsIfItWereAlone) {
  dataset data = mixed(3, 12);
  testing::add_groups(data, 3, 13);
  const evaluation_state state = measure(data, options_of(peer()));
  dataset ungrouped = data;
  ungrouped.groups.clear();
  ungrouped.group_names.clear();
  EXPECT_EQ(numbers_of(state), numbers_of(measure(ungrouped, options_of(peer()))));
  for (std::size_t g = 0; g < data.group_names.size(); ++g) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < data.rows(); ++i)
      if (data.groups[i] == static_cast<std::int32_t>(g)) rows.push_back(i);
    const std::string& name = data.group_names[g];
    EXPECT_EQ(numbers_of(state.peers.at(name), state.panels.at(name)),
              numbers_of(measure(take(ungrouped, rows), options_of(peer()))))
        << name;
  }
}

TEST_P(EveryPeer, DoesNotDependOnTheOrderOfRowsWithoutTies) {
  const dataset data = testing::random_probabilities(400, 4, 14);
  const numbers whole = numbers_of(measure(data, options_of(peer())));
  const dataset shuffled = take(data, testing::shuffled_indices(data.rows(), 15));
  for (const auto& [metric, value] : numbers_of(measure(shuffled, options_of(peer())))) {
    ASSERT_EQ(value.has_value(), whole.at(metric).has_value()) << metric;
    if (value) {
      EXPECT_NEAR(*value, *whole.at(metric), 1e-13) << metric;
    }
  }
}

TEST_P(EveryPeer, TakesTwoClassesOneRowAndManyBins) {
  for (const std::size_t rows : {1U, 2U, 50U})
    for (const std::size_t bins : {2U, 60U}) {
      const dataset data = slice(mixed(2, 16), 600 - rows, 600);
      for (const auto& [metric, value] : numbers_of(measure(data, options_of(peer(), bins))))
        if (value) {
          EXPECT_GE(*value, 0) << metric;
          EXPECT_LE(*value, metric == "log_loss" ? 40 : 2) << metric;
        }
    }
}

TEST_P(EveryPeer, SaysWhyAMetricIsAbsent) {
  const evaluation_state state = measure(mixed(3, 17), options_of(peer()));
  const estimate absent = peer_estimate(*state.peer_total(), state.total(), "confidence_gap");
  EXPECT_FALSE(absent.value.value);
  EXPECT_EQ(absent.value.reason, std::string(peer().name) + " has no such metric");
}

TEST_P(EveryPeer, DiagramHoldsTheRowsOfItsBins) {
  const dataset data = mixed(3, 18);
  const evaluation_state state = measure(data, options_of(peer()));
  const std::vector<reliability_bin> bins = peer_reliability(*state.peer_total(), {});
  double rows = 0;
  for (const reliability_bin& bin : bins) {
    EXPECT_LE(bin.lower, bin.upper);
    rows += bin.count;
  }
  EXPECT_EQ(rows, 600);
}

INSTANTIATE_TEST_SUITE_P(Peers, EveryPeer, ::testing::Range(std::size_t{0}, peer_catalog().size()),
                         [](const auto& param) { return std::string(peer_catalog()[param.param].name); });

TEST(PeerState, GoldenValues) {
  // metrics.md section 7, 15 bins.
  const std::vector<std::tuple<const char*, const char*, double>> golden{
      {"netcal", "ece", .0867120764436815},
      {"netcal", "ace", .0813676205698},
      {"netcal", "adaptive_ece", .0866639154304173},
      {"netcal", "mce", .1292515772309656},
      {"verified_calibration", "adaptive_ece", .0866639154304173},
      {"verified_calibration", "ece_l2_debiased", .0937383265687},
      {"verified_calibration", "classwise_ece", .0461842075280573},
      {"gce", "adaptive_ece", .0866639154304173},
      {"gce", "ace", .0446336697622424},
      {"gce", "tace", .061487326293013},
      {"gce", "rmsce", .0962431416809},
      {"kull", "classwise_ece_sum", .183778169159802},
      {"pycalib", "classwise_ece", .0461842075280573},
      {"relplot", "smooth_ece", .0868818184236},
      {"mapie", "ece", .0868548069498},
      {"wenger", "ece", .0814554761905},
  };
  for (const auto& [name, metric, value] : golden) {
    const evaluation_state state = measure(testing::golden_dataset(), options_of(*find_peer(name), 15));
    EXPECT_NEAR(numbers_of(state).at(metric).value(), value, 6e-14) << name << " " << metric;
  }
}

TEST(PeerState, TorchmetricsDebiasKeepsTheGapOfOneRow) {
  // 10 bins: .9 stands alone and wrong, .7 and .72 share a bin and one of them is right.
  dataset data{.name = "three rows", .classes = 2};
  data.push({.9, .1}, 1);
  data.push({.7, .3}, 0);
  data.push({.72, .28}, 1);
  const numbers values = numbers_of(measure(data, options_of(*find_peer("torchmetrics"), 10)));
  EXPECT_NEAR(values.at("ece_l2_debiased").value(), std::sqrt((.9 * .9 + 2 * .21 * .21 - 2 * .25) / 3), 1e-7);
}

TEST(PeerState, OfOnePeerDoesNotMergeWithAnother) {
  const dataset data = mixed(3, 19);
  const evaluation_state a = measure(data, options_of(*find_peer("netcal")));
  peer_state ours = *a.peer_total();
  const numbers before = numbers_of(ours, a.total());
  EXPECT_THAT(testing::refusal_of([&] { ours.merge(*measure(data, options_of(*find_peer("gce"))).peer_total()); }),
              testing::says(error_code::state_mismatch, "netcal", "gce"));
  EXPECT_EQ(numbers_of(ours, a.total()), before);
  evaluation_state whole = a;
  EXPECT_THAT(testing::refusal_of([&] { whole.merge(measure(data)); }),
              testing::says(error_code::state_mismatch, "the peer is netcal in one state and none in another"));
}

TEST(PeerState, KnowsNoWeightsAndHasNoFile) {
  dataset data = mixed(3, 20);
  EXPECT_THAT(testing::refusal_of([&] { return encode_state(measure(data, options_of(*find_peer("kull")))); }),
              testing::says(error_code::invalid_argument, "kull"));
  testing::add_integer_weights(data, 21);
  EXPECT_THAT(testing::refusal_of([&] { return measure(data, options_of(*find_peer("kull"))); }),
              testing::says(error_code::invalid_argument, "peers know neither"));
}

TEST(PeerCatalog, NamesAreUniqueAndBinsAreTaken) {
  std::set<std::string_view> names;
  for (const peer_entry& peer : peer_catalog()) {
    EXPECT_TRUE(names.insert(peer.name).second) << peer.name;
    EXPECT_EQ(find_peer(peer.name), &peer);
    std::set<std::string_view> metrics;
    for (const peer_metric& metric : peer.metrics)
      EXPECT_TRUE(metrics.insert(metric.metric).second) << peer.name << " " << metric.metric;
    for (const peer_refusal& refusal : peer.refusals)
      EXPECT_TRUE(metrics.insert(refusal.metric).second) << peer.name << " " << refusal.metric;
    EXPECT_FALSE(peer.differences.empty()) << peer.name;
  }
  EXPECT_EQ(find_peer("no such peer"), nullptr);
}

}  // namespace
}  // namespace calibrant
