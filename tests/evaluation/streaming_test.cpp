// evaluate_stream: reading ahead keeps the order and the result, errors of either side come out, memory stays bounded.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/streaming.hpp>

#include "support/measure.hpp"
#include "support/state_words.hpp"

namespace calibrant::testing {
namespace {

/// Serves a data set in batches of random size; can fail before a given batch, or be slow.
class memory_source : public batch_source {
 public:
  explicit memory_source(dataset data, std::size_t largest_batch = 100)
      : data_(std::move(data)), names_(class_names::indexed(data_.classes)), largest_(largest_batch), random_(1) {}

  [[nodiscard]] const class_names& classes() const override { return names_; }
  [[nodiscard]] score_kind kind() const override { return data_.kind; }
  [[nodiscard]] bool weighted() const override { return !data_.weights.empty(); }
  [[nodiscard]] bool grouped() const override { return !data_.groups.empty(); }
  bool next(batch_buffers& into) override {
    if (busy_.exchange(true)) throw std::logic_error("next was called twice at once");
    seen_.insert(&into);
    if (delay.count() > 0) std::this_thread::sleep_for(delay);
    if (batches == fail_at) {
      busy_ = false;
      throw error(error_code::malformed_input, "the file ends in the middle of row " + std::to_string(row_));
    }
    const std::size_t count = std::min(data_.rows() - row_, random_.below(largest_) + 1);
    const auto first = static_cast<std::ptrdiff_t>(row_);
    const auto last = first + static_cast<std::ptrdiff_t>(count);
    const auto width = static_cast<std::ptrdiff_t>(data_.classes);
    into.type = score_type::float64;
    into.float64.assign(data_.scores.begin() + first * width, data_.scores.begin() + last * width);
    into.labels.assign(data_.labels.begin() + first, data_.labels.begin() + last);
    into.weights.clear();
    if (weighted()) into.weights.assign(data_.weights.begin() + first, data_.weights.begin() + last);
    into.groups.clear();
    if (grouped()) into.groups.assign(data_.groups.begin() + first, data_.groups.begin() + last);
    into.rows = count;
    into.source = 0;
    into.first_row = row_;
    row_ += count;
    bytes_ += count;
    ++batches;
    sources_ = {{.path = "memory", .rows = row_, .sha256 = {}}};
    busy_ = false;
    return count > 0;
  }
  [[nodiscard]] const std::vector<source_info>& sources() const override { return sources_; }
  [[nodiscard]] const std::vector<std::string>& group_names() const override { return data_.group_names; }
  [[nodiscard]] const row_problems& problems() const override { return known; }
  [[nodiscard]] std::uint64_t bytes_read() const override { return bytes_; }
  [[nodiscard]] std::uint64_t bytes_total() const override { return data_.rows(); }

  /// Buffers that were ever filled.
  [[nodiscard]] std::size_t buffers() const { return seen_.size(); }

  std::size_t fail_at = std::numeric_limits<std::size_t>::max();
  std::chrono::microseconds delay{0};
  std::size_t batches = 0;
  row_problems known;

 private:
  dataset data_;
  class_names names_;
  std::size_t largest_;
  generator random_;
  std::size_t row_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic<bool> busy_ = false;
  std::set<const batch_buffers*> seen_;
  std::vector<source_info> sources_;
};

TEST(Streaming, GivesTheStateOfOneBatch) {
  for (const bool weighted : {false, true})
    for (const bool slow : {false, true})
      for (const std::size_t threads : {1, 3}) {
        dataset data = random_probabilities(3000, 4, 11);
        if (weighted) add_integer_weights(data, 12);
        add_groups(data, 3, 13);
        memory_source source(data, slow ? 600 : 50);
        if (slow) source.delay = std::chrono::microseconds(200);
        thread_pool pool(threads);
        const evaluation_state got = evaluate_stream(source, config_of(data), {}, pool);
        EXPECT_TRUE(state_bytes(got) == state_bytes(measure(data)));
        ASSERT_EQ(got.sources.size(), 1U);
        EXPECT_EQ(got.sources[0].rows, 3000U);
        EXPECT_GT(source.batches, 5U);
        EXPECT_LE(source.buffers(), 3U) << "memory grows with the number of batches";
      }
}

TEST(Streaming, ProgressIsCalledOnTheCallingThreadAndEndsAtTheEnd) {
  const dataset data = random_probabilities(500, 3, 14);
  memory_source source(data, 20);
  thread_pool pool(2);
  std::vector<std::uint64_t> seen;
  const auto caller = std::this_thread::get_id();
  const evaluation_state state = evaluate_stream(source, config_of(data), {}, pool, [&](auto done, auto total) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    EXPECT_EQ(total, 500U);
    seen.push_back(done);
  });
  EXPECT_EQ(state.counts.measured, 500U);
  ASSERT_FALSE(seen.empty());
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(seen.back(), 500U);
}

TEST(Streaming, AnErrorOfTheSourceComesOut) {
  for (const std::size_t at : {0, 1, 2, 3, 7}) {
    const dataset data = random_probabilities(1000, 3, 15);
    memory_source source(data, 30);
    source.fail_at = at;
    thread_pool pool(2);
    try {
      (void)evaluate_stream(source, config_of(data), {}, pool);
      FAIL() << "the error was lost";
    } catch (const error& problem) {
      EXPECT_EQ(problem.code(), error_code::malformed_input);
      EXPECT_TRUE(std::string(problem.what()).starts_with("the file ends in the middle of row"));
    }
    EXPECT_EQ(source.batches, at);
  }
}

/// A batch that the pass cannot take ends the stream at once, even while the reader is waiting or reading.
TEST(Streaming, AnErrorOfThePassStopsTheReader) {
  for (const int delay : {0, 500}) {
    dataset data = random_probabilities(20000, 3, 16);
    data.groups.assign(20000, 0);
    data.group_names = {"all"};
    data.groups[0] = -1;
    memory_source source(data, 10);
    source.delay = std::chrono::microseconds(delay);
    thread_pool pool(1);
    try {
      (void)evaluate_stream(source, config_of(data), {}, pool);
      FAIL() << "accepted";
    } catch (const error& problem) {
      EXPECT_EQ(problem.code(), error_code::invalid_argument);
    }
    EXPECT_LE(source.batches, 5U);
  }
}

TEST(Streaming, TheSourceMustBeWhatTheConfigurationSays) {
  const dataset data = random_probabilities(100, 3, 20);
  thread_pool pool(1);
  const auto refusal = [&](const evaluation_config& config) {
    memory_source source(data, 10);
    try {
      (void)evaluate_stream(source, config, {}, pool);
    } catch (const error& problem) {
      EXPECT_EQ(problem.code(), error_code::shape_mismatch);
      EXPECT_EQ(source.batches, 0U);
      return std::string(problem.what());
    }
    return std::string("accepted");
  };
  evaluation_config config = config_of(data);
  config.classes = class_names::indexed(4);
  EXPECT_EQ(refusal(config),
            "classes: the source has other names or another order than the configuration, expected the "
            "same; take them from the source");
  config.classes = class_names({"1", "0", "2"});
  EXPECT_TRUE(refusal(config).starts_with("classes: "));
  config = config_of(data);
  config.kind = score_kind::logits;
  EXPECT_EQ(refusal(config),
            "scores: the source has probabilities and the configuration says logits, expected the same");
}

TEST(Streaming, AnErrorOfProgressComesOut) {
  const dataset data = random_probabilities(1000, 3, 17);
  memory_source source(data, 10);
  thread_pool pool(1);
  EXPECT_THROW((void)evaluate_stream(source, config_of(data), {}, pool,
                                     [](auto, auto) { throw std::runtime_error("interrupted"); }),
               std::runtime_error);
}

TEST(Streaming, AnEmptySourceHasNoRows) {
  dataset data = random_probabilities(1, 3, 18);
  data = slice(data, 0, 0);
  memory_source source(data);
  thread_pool pool(1);
  try {
    (void)evaluate_stream(source, config_of(data), {}, pool);
    FAIL() << "accepted";
  } catch (const error& problem) {
    EXPECT_EQ(problem.code(), error_code::no_rows);
  }
}

/// Rows are numbered inside their source, across batches, and the reader's own problems count too.
TEST(Streaming, TheFirstRefusedRowIsNamedAcrossBatches) {
  dataset data = random_probabilities(2000, 3, 19);
  data.scores[1234 * 3] = std::numeric_limits<double>::quiet_NaN();
  data.scores[1999 * 3] = -1;
  memory_source source(data, 40);
  source.known.record(row_problem::missing_label, 0, 1500, "has no label");
  thread_pool pool(2);
  try {
    (void)evaluate_stream(source, config_of(data), {}, pool);
    FAIL() << "accepted";
  } catch (const error& problem) {
    EXPECT_TRUE(std::string(problem.what()).starts_with("memory: row 1234 has NaN")) << problem.what();
    EXPECT_NE(std::string(problem.what()).find("3 of 2000 rows are refused"), std::string::npos) << problem.what();
  }
}

TEST(BatchBuffers, ShowTheVectorOfTheirType) {
  batch_buffers buffers;
  buffers.rows = 2;
  buffers.labels = {1, 0};
  buffers.source = 3;
  buffers.first_row = 17;
  buffers.float32 = {0.25F, 0.75F, 0.5F, 0.5F};
  buffers.float64 = {0.125, 0.875, 0.5, 0.5};
  buffers.float16_ = {float16{0x3400}, float16{0x3a00}, float16{0x3800}, float16{0x3800}};
  const auto first_of = [&](score_type type) {
    buffers.type = type;
    const prediction_batch batch = buffers.batch(score_kind::logits, 2);
    EXPECT_TRUE(std::holds_alternative<logits>(batch.values));
    EXPECT_EQ(batch.labels.size(), 2U);
    EXPECT_TRUE(batch.weights.empty() && batch.groups.empty());
    EXPECT_EQ(batch.source, 3U);
    EXPECT_EQ(batch.first_row, 17U);
    EXPECT_EQ(view_of(batch.values).at(1, 0), 0.5);
    return view_of(batch.values).at(0, 1);
  };
  EXPECT_EQ(first_of(score_type::float32), 0.75);
  EXPECT_EQ(first_of(score_type::float64), 0.875);
  EXPECT_EQ(first_of(score_type::float16), 0.75);
  EXPECT_TRUE(std::holds_alternative<probabilities>(buffers.batch(score_kind::probabilities, 2).values));
}

}  // namespace
}  // namespace calibrant::testing
