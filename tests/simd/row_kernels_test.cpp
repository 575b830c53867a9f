// Every target against the scalar definition, bit by bit.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>

#include <calibrant/core/bin_edges.hpp>

#include "row_fixture.hpp"
#include "simd/kernels.hpp"

namespace calibrant::simd {
namespace {

using testing::guarded_memory;
using testing::guarded_rows;
using testing::score_rows;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

const kernels& scalar() { return *available_targets().back(); }

std::vector<std::size_t> class_counts() {
  std::vector<std::size_t> counts(40);
  std::iota(counts.begin(), counts.end(), std::size_t{1});
  counts.insert(counts.end(), {63, 64, 65, 71, 72, 96, 100, 127, 128, 129, 257, 1000, 1003});
  return counts;
}
constexpr std::array<std::size_t, 10> row_counts = {0, 1, 2, 7, 8, 9, 15, 16, 17, 33};

/// Room for the summaries of n rows, filled with a value that no kernel produces.
struct summary_arrays {
  static constexpr double untouched = -12345.0;
  explicit summary_arrays(std::size_t n) : prediction(n, -1) { field.fill(std::vector<double>(n, untouched)); }
  [[nodiscard]] row_summaries pointers() {
    return {field[0].data(), prediction.data(), field[1].data(), field[2].data(), field[3].data(),
            field[4].data(), field[5].data(),   field[6].data(), field[7].data(), field[8].data()};
  }
  std::array<std::vector<double>, 9> field;
  std::vector<std::int32_t> prediction;
};
constexpr std::array<const char*, 9> field_names = {"confidence", "label_probability", "total",
                                                    "smallest",   "sum_squares",       "sum_cubes",
                                                    "entropy",    "squared_surprise",  "log_loss"};

/// Equal bits; any NaN equals any other.
::testing::AssertionResult same_bits(const std::vector<double>& got, const std::vector<double>& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (std::isnan(got[i]) && std::isnan(expected[i])) continue;
    if (std::bit_cast<std::uint64_t>(got[i]) != std::bit_cast<std::uint64_t>(expected[i])) {
      return ::testing::AssertionFailure()
             << "at " << i << ": got " << std::hexfloat << got[i] << ", expected " << expected[i];
    }
  }
  return ::testing::AssertionSuccess();
}

::testing::AssertionResult same_summaries(const summary_arrays& got, const summary_arrays& expected) {
  for (std::size_t f = 0; f < field_names.size(); ++f) {
    if (const auto same = same_bits(got.field[f], expected.field[f]); !same) {
      return ::testing::AssertionFailure() << field_names[f] << " " << same.message();
    }
  }
  if (got.prediction != expected.prediction) return ::testing::AssertionFailure() << "prediction differs";
  return ::testing::AssertionSuccess();
}

constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr std::size_t top_label_fields = 4;  ///< of field_names

/// Within `relative` of the expected number, or within `absolute`; any NaN equals any other.
::testing::AssertionResult near(const std::vector<double>& got, const std::vector<double>& expected, double relative,
                                double absolute = 0.0) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if ((std::isnan(got[i]) && std::isnan(expected[i])) || got[i] == expected[i]) continue;
    if (!(std::abs(got[i] - expected[i]) <= relative * std::abs(expected[i]) + absolute)) {
      return ::testing::AssertionFailure()
             << "at " << i << ": got " << std::hexfloat << got[i] << ", expected " << expected[i];
    }
  }
  return ::testing::AssertionSuccess();
}

/// Sums that start at numbers other than 0.
struct column_sums {
  column_sums(std::size_t K, std::size_t bins) : totals(K, 11), squares(K, -7), cells(K * bins, {3, 5, 7, 9}) {}
  std::vector<std::int64_t> totals;
  std::vector<std::int64_t> squares;
  std::vector<pending_cell> cells;
  friend bool operator==(const column_sums&, const column_sums&) = default;
};

std::vector<std::int32_t> random_labels(std::size_t n, std::size_t K, std::mt19937_64& random) {
  std::uniform_int_distribution<std::int32_t> any(0, static_cast<std::int32_t>(K) - 1);
  std::vector<std::int32_t> labels(n);
  for (auto& label : labels) label = any(random);
  return labels;
}

/// Replaces entries of some rows by `special` numbers.
void sprinkle(score_rows& rows, const std::vector<double>& special, std::mt19937_64& random) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto& row = rows[i];
    const std::size_t changes = i % 3 == 0 ? 0 : 1 + random() % 3;
    for (std::size_t c = 0; c < changes; ++c) row[random() % row.size()] = special[random() % special.size()];
    if (i % 7 == 5) std::fill(row.begin(), row.end(), special[random() % special.size()]);
    if (i % 5 == 4) row[random() % row.size()] = *std::max_element(row.begin(), row.end());  // a tie
  }
}

template <class T>
class RowKernels : public ::testing::Test {
 protected:
  std::mt19937_64 random{20240517};

  void expect_equal_summaries(const score_rows& values, std::size_t K, guarded_memory::flush side) {
    const std::size_t n = values.size();
    const guarded_rows<T> rows(values, side);
    const auto labels = random_labels(n, K, random);
    summary_arrays expected(n);
    scalar().rows<T>().summarize_probabilities(rows.data(), n, K, labels.data(), expected.pointers());
    for (const kernels* target : available_targets()) {
      summary_arrays got(n);
      target->rows<T>().summarize_probabilities(rows.data(), n, K, labels.data(), got.pointers());
      ASSERT_TRUE(same_summaries(got, expected)) << target->name << " K = " << K << " n = " << n;
    }
  }

  /// summarize_top_label writes what summarize_probabilities does, and nothing else.
  void expect_equal_top_label(const score_rows& values, std::size_t K, guarded_memory::flush side) {
    const std::size_t n = values.size();
    const guarded_rows<T> rows(values, side);
    const auto labels = random_labels(n, K, random);
    summary_arrays expected(n);
    scalar().rows<T>().summarize_probabilities(rows.data(), n, K, labels.data(), expected.pointers());
    for (std::size_t f = top_label_fields; f < field_names.size(); ++f)
      std::fill(expected.field[f].begin(), expected.field[f].end(), summary_arrays::untouched);
    for (const kernels* target : available_targets()) {
      summary_arrays got(n);
      target->rows<T>().summarize_top_label(rows.data(), n, K, labels.data(), got.pointers());
      ASSERT_TRUE(same_summaries(got, expected)) << target->name << " K = " << K << " n = " << n;
    }
  }

  void expect_equal_softmax(const score_rows& values, std::size_t K, guarded_memory::flush side) {
    const std::size_t n = values.size();
    const guarded_rows<T> rows(values, side);
    const auto labels = random_labels(n, K, random);
    summary_arrays expected(n);
    std::vector<double> expected_p(n * K, summary_arrays::untouched);
    scalar().rows<T>().softmax(rows.data(), n, K, labels.data(), expected_p.data(), expected.pointers());
    for (const kernels* target : available_targets()) {
      summary_arrays got(n);
      const guarded_memory memory(n * K * sizeof(double), side);
      auto* p = static_cast<double*>(memory.data());
      target->rows<T>().softmax(rows.data(), n, K, labels.data(), p, got.pointers());
      const std::string where = std::string(target->name) + " K = " + std::to_string(K) + " n = " + std::to_string(n);
      if (target->name != "sse4") {
        ASSERT_TRUE(same_summaries(got, expected)) << where;
        ASSERT_TRUE(same_bits({p, p + n * K}, expected_p)) << where;
        continue;
      }
      // Without fused multiplication exp rounds differently.
      ASSERT_EQ(got.prediction, expected.prediction) << where;
      ASSERT_TRUE(near({p, p + n * K}, expected_p, 4 * epsilon)) << where;
      for (std::size_t f = 0; f < field_names.size(); ++f) {
        // A sum of K terms that differ in the last place; sums of seven digits; a loss near 0 is a difference of
        // numbers near 1.
        const bool seven_digits = field_names[f] == std::string("sum_cubes") ||
                                  field_names[f] == std::string("entropy") ||
                                  field_names[f] == std::string("squared_surprise");
        ASSERT_TRUE(near(got.field[f], expected.field[f], seven_digits ? 1e-6 : 8 * epsilon, 4 * epsilon))
            << where << " " << field_names[f];
      }
    }
  }

  void expect_equal_columns(const score_rows& values, std::size_t K, std::size_t bins, guarded_memory::flush side) {
    const std::size_t n = values.size();
    const guarded_rows<T> rows(values, side);
    column_sums expected(K, bins);
    scalar().rows<T>().accumulate_columns(rows.data(), n, K, bins, 0, expected.totals.data(), expected.squares.data(),
                                          expected.cells.data());
    // Nothing need stand where memory that comes next is said to be.
    const std::size_t ahead = n % 2 == 0 ? 0 : std::size_t{1} << 40;
    for (const kernels* target : available_targets()) {
      column_sums got(K, bins);
      target->rows<T>().accumulate_columns(rows.data(), n, K, bins, ahead, got.totals.data(), got.squares.data(),
                                           got.cells.data());
      ASSERT_TRUE(got == expected) << target->name << " K = " << K << " n = " << n << " bins = " << bins;
    }
  }
};

using element_types = ::testing::Types<float, double, float16>;
TYPED_TEST_SUITE(RowKernels, element_types);

TYPED_TEST(RowKernels, SummarizeLikeTheDefinition) {
  for (const std::size_t K : class_counts()) {
    for (const std::size_t n : row_counts) {
      for (const auto side : {guarded_memory::flush::with_end, guarded_memory::flush::with_begin}) {
        auto rows = testing::random_probabilities(n, K, 2.0, this->random);
        this->expect_equal_summaries(rows, K, side);
        this->expect_equal_top_label(rows, K, side);
        sprinkle(rows, {0.0, -0.0, 1.0, 0x1p-24, 0x1p-16, 0x1p-130, 0x1p-149, 0x1p-1030, 1.0 + 0x1p-10}, this->random);
        this->expect_equal_summaries(rows, K, side);
      }
    }
  }
}

TYPED_TEST(RowKernels, SummarizeInvalidRowsLikeTheDefinition) {
  for (const std::size_t K : class_counts()) {
    auto rows = testing::random_probabilities(33, K, 2.0, this->random);
    sprinkle(rows, {nan, infinity, -infinity, -0.25, 2.0, -0.0, 1e300}, this->random);
    this->expect_equal_summaries(rows, K, guarded_memory::flush::with_end);
    this->expect_equal_top_label(rows, K, guarded_memory::flush::with_end);
  }
}

TYPED_TEST(RowKernels, SoftmaxLikeTheDefinition) {
  for (const std::size_t K : class_counts()) {
    for (const std::size_t n : row_counts) {
      for (const auto side : {guarded_memory::flush::with_end, guarded_memory::flush::with_begin}) {
        this->expect_equal_softmax(testing::normal_logits(n, K, 3.0, this->random), K, side);
      }
    }
    auto rows = testing::normal_logits(33, K, 300.0, this->random);
    sprinkle(rows, {-infinity, 0.0, -0.0, 0x1p-130, -745.0, -60000.0, 60000.0}, this->random);
    this->expect_equal_softmax(rows, K, guarded_memory::flush::with_end);
    sprinkle(rows, {nan, infinity, -infinity, 1e308, -1e308}, this->random);
    this->expect_equal_softmax(rows, K, guarded_memory::flush::with_end);
  }
}

TYPED_TEST(RowKernels, AccumulateColumnsLikeTheDefinition) {
  for (const std::size_t K : class_counts()) {
    for (const std::size_t n : row_counts) {
      for (const std::size_t bins : {1, 2, 3, 10, 15, 200}) {
        auto rows = testing::random_probabilities(n, K, 2.0, this->random);
        for (std::size_t i = 0; i < n; i += 3) {
          rows[i].assign(K, 0.0);
          rows[i][this->random() % K] = i % 2 == 0 ? 1.0 : 1.0 / static_cast<double>(bins);
        }
        this->expect_equal_columns(rows, K, bins, guarded_memory::flush::with_end);
      }
    }
  }
}

TYPED_TEST(RowKernels, EntriesStartExactlyAtTheSecondEdge) {
  using number = std::conditional_t<std::is_same_v<TypeParam, double>, double, float>;
  for (const std::size_t K : {2, 7, 10, 40, 100, 257}) {
    for (std::size_t column = 0; column < K; ++column) {
      for (const std::size_t bins : {3, 10}) {
        const double edge = 1.0 / static_cast<double>(bins);
        score_rows rows(4, std::vector<double>(K, 0.0));
        rows[0][column] = edge;
        rows[1][column] = std::nextafter(static_cast<number>(edge), number{0});
        rows[2][column] = std::nextafter(static_cast<number>(edge), number{1});
        rows[3][column] = std::nextafter(edge, 0.0);
        this->expect_equal_columns(rows, K, bins, guarded_memory::flush::with_end);
      }
    }
  }
}

TYPED_TEST(RowKernels, TakeTheLowestIndexOfTies) {
  for (const kernels* target : available_targets()) {
    for (const std::size_t K : {2, 9, 64, 65, 200, 1003}) {
      for (std::size_t first = 0; first < K; ++first) {
        score_rows values(1, std::vector<double>(K, 0.125));
        for (std::size_t k = first; k < K; k += 1 + first % 5) values[0][k] = 0.25;
        const guarded_rows<TypeParam> rows(values, guarded_memory::flush::with_end);
        const std::int32_t label = 0;
        summary_arrays got(1);
        target->rows<TypeParam>().summarize_probabilities(rows.data(), 1, K, &label, got.pointers());
        ASSERT_EQ(got.prediction[0], static_cast<std::int32_t>(first)) << target->name << " K = " << K;
        std::vector<double> p(K);
        target->rows<TypeParam>().softmax(rows.data(), 1, K, &label, p.data(), got.pointers());
        ASSERT_EQ(got.prediction[0], static_cast<std::int32_t>(first)) << target->name << " K = " << K;
      }
    }
  }
}

// Edges are those of numpy.linspace; the bin of a number is the largest j with e_j <= p.
TEST(Cells, FollowTheBinEdgesOnEveryTarget) {
  constexpr std::size_t K = 1000;
  for (const std::size_t bins : {1, 2, 3, 7, 10, 15, 49, 98, 100, 1000}) {
    const bin_edges edges = bin_edges::equal_width(bins);
    std::vector<double> p = {0.0, 1.0, 0.5, 0x1p-60, 1.0 - 0x1p-53};
    for (std::size_t j = 1; j < bins; ++j)
      for (const double x : {edges.lower(j), std::nextafter(edges.lower(j), 0.0), std::nextafter(edges.lower(j), 1.0)})
        p.push_back(x);
    p.resize(std::min(p.size(), rows_between_flushes));
    std::vector<std::int32_t> column(p.size());
    std::vector<std::int32_t> label(p.size());
    std::vector<pending_cell> top_labels(K * bins);
    std::vector<pending_cell> labels(K * bins);
    for (std::size_t i = 0; i < p.size(); ++i) {
      column[i] = static_cast<std::int32_t>((i * 7919) % K);
      label[i] = i % 3 == 0 ? column[i] : 17;
      const std::int64_t hit = label[i] == column[i];
      const std::int64_t value = std::llrint(std::ldexp(p[i], 51));
      pending_cell& top = top_labels[static_cast<std::size_t>(column[i]) * bins + edges.bin_of(p[i])];
      top.counts += 1 + (hit << 32);
      top.value += value;
      top.squares += std::llrint(std::ldexp(p[i] * p[i], 51));
      top.products += hit * value;
      pending_cell& of_label = labels[static_cast<std::size_t>(column[i]) * bins + edges.bin_of(p[i])];
      of_label.counts += std::int64_t{1} << 32;
      of_label.products += value;
    }
    for (const kernels* target : available_targets()) {
      for (const std::size_t n : {p.size(), p.size() - 1, p.size() - 3}) {
        std::vector<pending_cell> got(K * bins);
        target->accumulate_top_labels(p.data(), column.data(), label.data(), n, bins, got.data());
        target->accumulate_top_labels(p.data() + n, column.data() + n, label.data() + n, p.size() - n, bins,
                                      got.data());
        ASSERT_TRUE(got == top_labels) << target->name << " bins = " << bins;
        got.assign(K * bins, {});
        target->accumulate_labels(p.data(), column.data(), n, bins, got.data());
        target->accumulate_labels(p.data() + n, column.data() + n, p.size() - n, bins, got.data());
        ASSERT_TRUE(got == labels) << target->name << " bins = " << bins;
      }
    }
  }
}

TEST(CheckRows, LikeTheDefinitionOnEveryTarget) {
  std::mt19937_64 random(13);
  for (const std::size_t n : row_counts) {
    for (int repeat = 0; repeat < 20; ++repeat) {
      summary_arrays rows(n);
      const std::vector<double> sums = {1.0, 1.0 + 0x1p-20, 1.0 - 0x1p-20, 1.001,    1.0011,
                                        0.9, nan,           infinity,      -infinity};
      const std::vector<double> lowest = {0.0, 0.1, 0.2, 0.3, -1e-9, nan, -infinity};
      const std::vector<double> largest = {0.5, 0.9, 1.0, 1.0 + 0x1p-52, nan, infinity};
      const auto any = [&](const std::vector<double>& of) { return of[random() % of.size()]; };
      row_tally expected = {};
      for (std::size_t i = 0; i < n; ++i) {
        const double total = rows.field[2][i] = any(sums);
        const double smallest = rows.field[3][i] = any(lowest);
        const double confidence = rows.field[0][i] = any(largest);
        const bool good = smallest >= 0 && confidence <= 1 && total >= 1 - 1e-3 && total <= 1 + 1e-3;
        expected.bad += !good;
        expected.loose += !(total >= 1 - 1e-5 && total <= 1 + 1e-5);
      }
      for (const kernels* target : available_targets()) {
        const row_tally got = target->check_rows(rows.pointers(), n, 1e-3, 1e-5);
        EXPECT_EQ(got.bad, expected.bad) << target->name;
        EXPECT_EQ(got.loose, expected.loose) << target->name;
      }
    }
  }
}

TEST(ScoreRows, LikeTheDefinitionOnEveryTarget) {
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  for (const std::size_t n : row_counts) {
    summary_arrays rows(n);
    for (auto& field : rows.field)
      for (double& x : field) x = uniform(random);
    auto& log_loss = rows.field[8];
    for (std::size_t i = 0; i < n; ++i) log_loss[i] = i % 4 == 3 ? infinity : -3.0 * std::log(log_loss[i]);
    for (const auto& [largest_loss, beyond_loss] : {std::pair{0x1p30, 0.0}, std::pair{2.5, 2.5}}) {
      using arrays = std::array<std::vector<double>, 10>;
      const auto run = [&](const kernels& target, arrays& out) {
        out.fill(std::vector<double>(n));
        return target.score_rows(rows.pointers(), n, largest_loss, beyond_loss,
                                 {out[0].data(), out[1].data(), out[2].data(), out[3].data(), out[4].data(),
                                  out[5].data(), out[6].data(), out[7].data(), out[8].data(), out[9].data()});
      };
      arrays expected;
      const double largest = run(scalar(), expected);
      for (std::size_t i = 0; i < n; ++i) {
        EXPECT_EQ(expected[0][i], log_loss[i] > largest_loss ? 1.0 : 0.0);
        EXPECT_EQ(expected[1][i], log_loss[i] > largest_loss ? beyond_loss : log_loss[i]);
        EXPECT_GE(largest, expected[1][i]);
      }
      for (const kernels* target : available_targets()) {
        arrays got;
        EXPECT_EQ(run(*target, got), largest) << target->name;
        EXPECT_EQ(got, expected) << target->name << " n = " << n;
      }
    }
  }
}

TEST(ExactSum, IsTheSumOfGridStepsOnEveryTarget) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  for (const std::size_t n : {0, 1, 7, 8, 9, 100, 2048}) {
    std::vector<double> x(n);
    for (double& value : x) value = uniform(random);
    std::int64_t expected = 0;
    for (const double value : x)
      expected += std::llrint(std::ldexp(value, 51));  // rounds ties to even, like the addition
    for (const kernels* target : available_targets()) EXPECT_EQ(target->exact_sum(x.data(), n, 2.0), expected);
  }
}

}  // namespace
}  // namespace calibrant::simd
