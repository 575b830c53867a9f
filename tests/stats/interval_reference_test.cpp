// Every row of tests/reference/intervals.csv (mpmath; tools/reference/intervals.py) against the library.
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/math/binomial.hpp>
#include <calibrant/math/shifted_gamma.hpp>
#include <calibrant/stats/clopper_pearson.hpp>
#include <calibrant/stats/l1_error_bounds.hpp>
#include <calibrant/stats/l1_error_null.hpp>
#include <calibrant/stats/l2_error_inference.hpp>
#include <calibrant/stats/max_error_interval.hpp>
#include <calibrant/stats/rms_error_null.hpp>
#include <calibrant/stats/wilson.hpp>

namespace calibrant {
namespace {

using numbers = std::vector<double>;

std::vector<cell_moments> cells_of(const numbers& in) {
  std::vector<cell_moments> cells;
  for (std::size_t i = 0; i + 6 <= in.size(); i += 6)
    cells.push_back({in[i], in[i + 1], in[i + 2], in[i + 3], in[i + 4], in[i + 5]});
  return cells;
}

double l1_error(const std::vector<cell_moments>& cells) {
  double sum = 0;
  for (const auto& c : cells) sum += c.weight * std::abs(c.confidence - c.accuracy);
  return sum;
}

using evaluation = std::function<double(const numbers&)>;

std::map<std::string, evaluation> evaluations() {
  const auto l2 = [](auto read) { return [=](const numbers& in) { return read(l2_error_inference(cells_of(in))); }; };
  const auto null = [](auto read) {
    return [=](const numbers& in) { return read(l1_error_null(cells_of(in)), l1_error(cells_of(in))); };
  };
  const auto paper = [](const l2_error_inference& t) { return t.error_interval({}, l2_interval_method::paper); };
  std::map<std::string, evaluation> all{
      {"binomial_deviation", [](const numbers& in) { return binomial_mean_absolute_deviation(in[0], in[1]); }},
      {"gamma_upper_tail", [](const numbers& in) { return shifted_gamma{in[0], in[1], in[2]}.upper_tail(in[3]); }},
      {"gamma_quantile", [](const numbers& in) { return shifted_gamma{in[0], in[1], in[2]}.quantile(in[3]); }},
      {"wilson_lower", [](const numbers& in) { return wilson(in[0], in[1], confidence_level(in[2])).lower; }},
      {"wilson_upper", [](const numbers& in) { return wilson(in[0], in[1], confidence_level(in[2])).upper; }},
      {"clopper_pearson_lower",
       [](const numbers& in) { return clopper_pearson(in[0], in[1], confidence_level(in[2])).lower; }},
      {"clopper_pearson_upper",
       [](const numbers& in) { return clopper_pearson(in[0], in[1], confidence_level(in[2])).upper; }},
      {"l2_squared", l2([](const auto& t) { return t.squared_error(); })},
      {"l2_gap_deviation", l2([](const auto& t) { return t.gap_deviation(); })},
      {"l2_null_deviation", l2([](const auto& t) { return t.null_deviation(); })},
      {"l2_lower", l2([](const auto& t) { return t.error_interval().bounds.lower; })},
      {"l2_upper", l2([](const auto& t) { return t.error_interval().bounds.upper; })},
      {"l2_paper_lower", l2([=](const auto& t) { return paper(t).bounds.lower; })},
      {"l2_paper_upper", l2([=](const auto& t) { return paper(t).bounds.upper; })},
      {"l2_paper_zero", l2([=](const auto& t) { return paper(t).contains_zero ? 1.0 : 0.0; })},
      {"l2_p_value", l2([](const auto& t) { return t.p_value(); })},
      {"l1_expected", null([](const auto& t, double) { return t.expected(); })},
      {"l1_deviation", null([](const auto& t, double) { return t.standard_deviation(); })},
      {"l1_floor", null([](const auto& t, double) { return t.upper_quantile(0.05); })},
      {"l1_p_value", null([](const auto& t, double error) { return t.p_value(error); })},
      {"rms_expected", [](const numbers& in) { return expected_rms_error(cells_of(in)); }},
      {"max_error_lower", [](const numbers& in) { return max_error_interval(cells_of(in)).lower; }},
      {"max_error_upper", [](const numbers& in) { return max_error_interval(cells_of(in)).upper; }},
  };
  for (const char* alpha : {"0.05", "0.025", "0.01"}) {
    const double a = std::stod(alpha);
    all["l1_lower_" + std::string(alpha)] = [a](const numbers& in) { return l1_error_lower_bound(cells_of(in), a); };
    all["l1_upper_" + std::string(alpha)] = [a](const numbers& in) { return l1_error_upper_bound(cells_of(in), a); };
  }
  return all;
}

TEST(IntervalReference, EveryRowAgrees) {
  const std::string path = CALIBRANT_TESTS_DIRECTORY "/reference/intervals.csv";
  std::ifstream file(path);
  ASSERT_TRUE(file) << path;
  const auto all = evaluations();
  std::map<std::string, int> seen;
  std::string line;
  std::getline(file, line);  // provenance
  std::getline(file, line);  // column names
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string quantity, in_text, out_text, tolerance_text;
    std::getline(fields, quantity, ',');
    std::getline(fields, in_text, ',');
    std::getline(fields, out_text, ',');
    std::getline(fields, tolerance_text);
    numbers in;
    std::istringstream words(in_text);
    for (std::string word; words >> word;) in.push_back(std::strtod(word.c_str(), nullptr));
    ASSERT_TRUE(all.contains(quantity)) << quantity;
    const double expected = std::strtod(out_text.c_str(), nullptr);
    const double scale = tolerance_text.ends_with("relative") ? std::abs(expected) : 1;
    EXPECT_NEAR(all.at(quantity)(in), expected, std::stod(tolerance_text) * scale)
        << quantity << " #" << seen[quantity] << " of " << in.size() << " inputs: " << in_text.substr(0, 80);
    ++seen[quantity];
  }
  for (const auto& [quantity, unused] : all) EXPECT_GT(seen[quantity], 0) << quantity;
}

}  // namespace
}  // namespace calibrant
