// Every number of tests/reference/metrics.csv and tables.csv (oracle.py, plain definitions) against the library.
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/measure.hpp"
#include "support/outputs.hpp"
#include "support/reference_data.hpp"

namespace calibrant::testing {
namespace {

constexpr std::size_t option_columns = 6;  // name, file, input, weights, bins, log_floor

struct reference_table {
  std::vector<std::string> columns;
  std::vector<tolerance> tolerances;
  std::vector<std::vector<std::string>> rows;
};

tolerance read_tolerance(const std::string& text) {
  tolerance t;
  std::istringstream words(text);
  words >> t.absolute >> t.relative;
  return t;
}

reference_table read_reference() {
  auto lines = read_table(tests_directory + "/reference/metrics.csv");
  reference_table table{.columns = lines.at(0), .tolerances = {}, .rows = {lines.begin() + 2, lines.end()}};
  for (const std::string& text : lines.at(1))
    table.tolerances.push_back(table.tolerances.size() < option_columns ? tolerance{} : read_tolerance(text));
  return table;
}

/// The state of the data set of one row.
evaluation_state measure_row(const std::vector<std::string>& row) {
  dataset data = reference_dataset(row[1]);
  data.kind = row[2] == "logits" ? score_kind::logits : score_kind::probabilities;
  measure_options options{.bins = std::stoul(row[4]),
                          .weights = row[3] == "importance" ? weight_kind::importance : weight_kind::frequency,
                          .parts = panel_parts::all() | panel_part::kernel_pairs | panel_part::row_scores};
  if (!row[5].empty()) options.log_floor = std::stod(row[5]);
  return measure(data, options);
}

/// The number that is written there; an empty field means that there is none.
double number_of(const std::string& text) { return text.empty() ? std::nan("") : std::strtod(text.c_str(), nullptr); }

/// Columns are named like the outputs, but for the value, which has the name of the metric alone.
std::string output_of(const std::string& column) {
  return column.find('.') == std::string::npos ? column + ".value" : column;
}

TEST(MetricReference, EveryMetricOfTheCatalogueHasAColumn) {
  const reference_table table = read_reference();
  const std::set<std::string> columns(table.columns.begin() + option_columns, table.columns.end());
  for (const metric_entry& entry : metric_catalog())
    EXPECT_TRUE(columns.contains(std::string(entry.name)))
        << entry.name << ": add its plain definition to tests/reference/oracle.py and run it";
  for (const std::string& column : columns)
    EXPECT_NE(find_metric(column.substr(0, column.find('.'))), nullptr) << column;
}

TEST(MetricReference, EveryNumberAgrees) {
  const reference_table table = read_reference();
  ASSERT_GE(table.rows.size(), 20U);
  std::map<std::string, int> compared;
  for (const auto& row : table.rows) {
    ASSERT_EQ(row.size(), table.columns.size()) << row[0];
    const numbers got = metric_numbers(measure_row(row).total());
    for (std::size_t i = option_columns; i < row.size(); ++i) {
      if (row[i] == "-") continue;
      const std::string& column = table.columns[i];
      const auto found = got.find(output_of(column));
      ASSERT_NE(found, got.end()) << column;
      const double expected = number_of(row[i]);
      EXPECT_TRUE(table.tolerances[i].holds(found->second, expected))
          << row[0] << ", " << column << ": got " << ::testing::PrintToString(found->second) << ", expected " << row[i]
          << ", difference " << found->second - expected;
      ++compared[column];
    }
  }
  for (std::size_t i = option_columns; i < table.columns.size(); ++i)
    EXPECT_GT(compared[table.columns[i]], 0) << table.columns[i] << " is compared nowhere";
  for (const metric_entry& entry : metric_catalog())
    EXPECT_EQ(compared[std::string(entry.name)], static_cast<int>(table.rows.size())) << entry.name;
}

TEST(TableReference, EveryNumberOfClassTableAndDiagramsAgrees) {
  std::map<std::string, numbers> got;
  for (const auto& row : read_reference().rows) got[row[0]];
  std::map<std::string, std::size_t> compared;
  const auto lines = read_table(tests_directory + "/reference/tables.csv");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string>& line = lines[i];
    ASSERT_EQ(line.size(), 4U) << "line " << i + 1;
    ASSERT_TRUE(got.contains(line[0])) << line[0];
    numbers& numbers_here = got[line[0]];
    if (numbers_here.empty())
      for (const auto& row : read_reference().rows)
        if (row[0] == line[0]) numbers_here = table_numbers(measure_row(row).total());
    const auto found = numbers_here.find(line[1]);
    ASSERT_NE(found, numbers_here.end()) << line[1];
    const double expected = number_of(line[2]);
    EXPECT_TRUE(read_tolerance(line[3]).holds(found->second, expected))
        << line[0] << ", " << line[1] << ": got " << ::testing::PrintToString(found->second) << ", expected "
        << line[2];
    ++compared[line[0]];
  }
  EXPECT_GE(compared.size(), 6U);
  // Every number of the tables is there, but for intervals of weights that count no rows.
  for (const auto& [name, count] : compared) EXPECT_GE(count + 2 * 4, got[name].size()) << name;
}

}  // namespace
}  // namespace calibrant::testing
