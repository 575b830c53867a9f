// Every calibrator of the catalogue against the laws of maps: probabilities, order, weights, permutation, batches,
// threads, files, classes without rows. Prints a grid and leaves it in calibrator_grid.txt of the build folder, where
// `make test` shows it.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/fit_model.hpp>
#include <calibrant/io/model_file.hpp>
#include <calibrant/io/onnx_file.hpp>

namespace calibrant::testing {
namespace {

/// Rows of logits with labels drawn from a distorted softmax of them, so that there is something to learn.
struct rows_to_learn {
  std::size_t classes = 0;
  std::vector<double> scores;
  std::vector<std::int32_t> labels;
  std::vector<double> weights;
  score_kind kind = score_kind::logits;
  std::vector<double> target;  // scores of rows without labels, for methods that read some

  [[nodiscard]] std::size_t size() const { return labels.size(); }
};

rows_to_learn drawn_rows(std::size_t n, std::size_t K, std::uint64_t seed, score_kind kind = score_kind::logits) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0, 2);
  rows_to_learn rows{.classes = K, .scores = {}, .labels = {}, .weights = {}, .kind = kind, .target = {}};
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> z(K);
    std::vector<double> truth(K);
    for (std::size_t k = 0; k < K; ++k) {
      z[k] = static_cast<float>(normal(random));  // float32 and float64 copies are the same numbers
      truth[k] = std::exp(z[k] / (1.5 + 0.3 * static_cast<double>(k % 3)) - 0.2 * static_cast<double>(k % 2));
    }
    std::discrete_distribution<std::int32_t> draw(truth.begin(), truth.end());
    rows.labels.push_back(draw(random));
    if (kind == score_kind::probabilities) {
      double total = 0;
      for (double& x : z) total += x = std::exp(x);
      for (double& x : z) x /= total;
    }
    rows.scores.insert(rows.scores.end(), z.begin(), z.end());
  }
  rows.target.assign(rows.scores.begin(), rows.scores.begin() + static_cast<std::ptrdiff_t>(n / 3 * K));
  return rows;
}

rows_to_learn taken(const rows_to_learn& from, const std::vector<std::size_t>& which) {
  rows_to_learn to{
      .classes = from.classes, .scores = {}, .labels = {}, .weights = {}, .kind = from.kind, .target = from.target};
  for (const std::size_t i : which) {
    const auto begin = from.scores.begin() + static_cast<std::ptrdiff_t>(i * from.classes);
    to.scores.insert(to.scores.end(), begin, begin + static_cast<std::ptrdiff_t>(from.classes));
    to.labels.push_back(from.labels[i]);
    if (!from.weights.empty()) to.weights.push_back(from.weights[i]);
  }
  return to;
}

class_scores scores_of(const rows_to_learn& rows, const matrix_view& view) {
  if (rows.kind == score_kind::logits) return logits(view);
  return probabilities(view);
}
matrix_view view_of_rows(const rows_to_learn& rows) {
  return basic_matrix_view<double>::contiguous(rows.scores.data(), rows.size(), rows.classes);
}

calibration_model fitted(const calibrator_entry& method, const rows_to_learn& rows, std::size_t threads = 2,
                         const matrix_view* other_view = nullptr) {
  thread_pool pool(threads);
  const matrix_view view = other_view != nullptr ? *other_view : view_of_rows(rows);
  prediction_batch batch{.values = rows.kind == score_kind::logits ? scores(logits(view)) : scores(probabilities(view)),
                         .labels = rows.labels,
                         .weights = rows.weights};
  fit_request request{.method = std::string(method.name), .options = {}};
  const std::vector<float> narrow(rows.target.begin(), rows.target.end());
  const std::size_t targets = rows.target.size() / rows.classes;
  if (method.needs_target && other_view != nullptr)
    request.target = scores_of(rows, basic_matrix_view<float>::contiguous(narrow.data(), targets, rows.classes));
  else if (method.needs_target)
    request.target = scores_of(rows, basic_matrix_view<double>::contiguous(rows.target.data(), targets, rows.classes));
  return fit_model(batch, class_names::indexed(rows.classes), request, {},
                   {{.path = "rows", .rows = rows.size(), .sha256 = {}}}, {}, pool);
}

std::vector<double> mapped(const calibration_model& model, const rows_to_learn& rows, std::size_t threads = 2) {
  thread_pool pool(threads);
  std::vector<double> p(rows.scores.size());
  apply_model(model, scores_of(rows, view_of_rows(rows)), p.data(), pool);
  return p;
}

double farthest(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = a.size() == b.size() ? 0 : 1;
  for (std::size_t j = 0; j < std::min(a.size(), b.size()); ++j) largest = std::max(largest, std::abs(a[j] - b[j]));
  return largest;
}

/// Solvers stop at a gradient of 1e-8, so parameters of equal problems differ by about that.
double solver_tolerance(const calibrator_entry& method) { return method.parameters(5) > 1 ? 2e-5 : 1e-9; }

std::vector<rows_to_learn> rows_of_both_kinds() {
  return {drawn_rows(600, 5, 1), drawn_rows(600, 5, 2, score_kind::probabilities), drawn_rows(400, 2, 3),
          drawn_rows(400, 2, 4, score_kind::probabilities)};
}

/// Empty if the law holds; what begins with this names why it does not apply.
constexpr char not_applicable = '~';
using law = std::function<std::string(const calibrator_entry&)>;

std::string gives_probabilities(const calibrator_entry& method) {
  for (const rows_to_learn& rows : rows_of_both_kinds()) {
    const std::size_t K = rows.classes;
    const std::vector<double> p = mapped(fitted(method, rows), rows);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      double total = 0;
      for (std::size_t k = 0; k < K; ++k) {
        const double x = p[i * K + k];
        if (!(x >= 0 && x <= 1)) return "row " + std::to_string(i) + " has " + std::to_string(x);
        total += x;
      }
      if (std::abs(total - 1) > 4e-16 * static_cast<double>(K) * 4) return "a sum of " + std::to_string(total);
    }
  }
  return "";
}

std::string keeps_order_where_it_says_so(const calibrator_entry& method) {
  if (!method.keeps_order) return "~order may change";
  for (const rows_to_learn& rows : rows_of_both_kinds()) {
    const std::size_t K = rows.classes;
    const calibration_model model = fitted(method, rows);
    thread_pool pool(1);
    std::vector<float> narrow(rows.scores.size());
    apply_model(model, scores_of(rows, view_of_rows(rows)), narrow.data(), pool);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto row = rows.scores.begin() + static_cast<std::ptrdiff_t>(i * K);
      const auto out = narrow.begin() + static_cast<std::ptrdiff_t>(i * K);
      const auto top = std::max_element(row, row + static_cast<std::ptrdiff_t>(K)) - row;
      for (std::size_t k = 0; k < K; ++k)
        if (static_cast<std::ptrdiff_t>(k) != top && !(out[static_cast<std::ptrdiff_t>(k)] < out[top]))
          return "row " + std::to_string(i) + " has another largest class";
    }
  }
  return "";
}

std::string weight_two_is_two_rows(const calibrator_entry& method) {
  for (const rows_to_learn& plain : rows_of_both_kinds()) {
    rows_to_learn weighted = plain;
    std::vector<std::size_t> twice;
    for (std::size_t i = 0; i < plain.size(); ++i) {
      weighted.weights.push_back(static_cast<double>(i % 3));
      twice.insert(twice.end(), i % 3, i);
    }
    const std::vector<double> a = mapped(fitted(method, weighted), plain);
    const std::vector<double> b = mapped(fitted(method, taken(plain, twice)), plain);
    if (const double off = farthest(a, b); off > solver_tolerance(method)) return "differs by " + std::to_string(off);
  }
  return "";
}

std::string order_of_rows_leaves_no_trace(const calibrator_entry& method) {
  for (const rows_to_learn& rows : rows_of_both_kinds()) {
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::shuffle(order.begin(), order.end(), std::mt19937_64(7));
    const double off = farthest(mapped(fitted(method, rows), rows), mapped(fitted(method, taken(rows, order)), rows));
    if (off > solver_tolerance(method)) return "differs by " + std::to_string(off);
  }
  return "";
}

bool cuts_bins(const calibration_model& model) {
  const std::vector<parameter> all = model.map->parameters();
  return std::any_of(all.begin(), all.end(), [](const parameter& p) { return p.name == "edges"; });
}

std::string classes_may_be_named_anew(const calibrator_entry& method) {
  for (const rows_to_learn& rows : rows_of_both_kinds()) {
    const std::size_t K = rows.classes;
    // Of two classes one alone is cut into bins, and bins are closed on one side: seen from the other class they
    // differ.
    if (K == 2 && cuts_bins(fitted(method, rows))) continue;
    rows_to_learn turned = rows;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t k = 0; k < K; ++k) turned.scores[i * K + (k + 1) % K] = rows.scores[i * K + k];
      turned.labels[i] = static_cast<std::int32_t>((static_cast<std::size_t>(rows.labels[i]) + 1) % K);
    }
    for (std::size_t i = 0; i < rows.target.size(); i += K)
      for (std::size_t k = 0; k < K; ++k) turned.target[i + (k + 1) % K] = rows.target[i + k];
    const std::vector<double> p = mapped(fitted(method, rows), rows);
    const std::vector<double> q = mapped(fitted(method, turned), turned);
    double off = 0;
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (std::size_t k = 0; k < K; ++k) off = std::max(off, std::abs(p[i * K + k] - q[i * K + (k + 1) % K]));
    if (off > solver_tolerance(method)) return "differs by " + std::to_string(off) + " for K = " + std::to_string(K);
  }
  return "";
}

std::string batches_and_threads_leave_no_trace(const calibrator_entry& method) {
  for (const rows_to_learn& rows : rows_of_both_kinds()) {
    const calibration_model model = fitted(method, rows, 1);
    if (encode_model(fitted(method, rows, 3)) != encode_model(model)) return "three threads learn other bytes than one";
    const std::vector<double> whole = mapped(model, rows, 3);
    for (std::size_t i = 0; i < rows.size(); i += 37) {
      const std::vector<double> alone = mapped(model, taken(rows, {i}), 1);
      const auto at = whole.begin() + static_cast<std::ptrdiff_t>(i * rows.classes);
      if (!std::equal(alone.begin(), alone.end(), at)) return "row " + std::to_string(i) + " alone differs";
    }
  }
  return "";
}

std::string a_file_gives_it_back(const calibrator_entry& method) {
  for (const rows_to_learn& rows : rows_of_both_kinds()) {
    const calibration_model model = fitted(method, rows);
    const std::string bytes = encode_model(model);
    const calibration_model read = decode_model(bytes, "model");
    if (encode_model(read) != bytes) return "writing it again gives other bytes";
    if (mapped(read, rows) != mapped(model, rows)) return "it maps to other probabilities";
  }
  return "";
}

std::string element_types_agree(const calibrator_entry& method) {
  const rows_to_learn rows = drawn_rows(600, 5, 5);
  const std::vector<float> narrow(rows.scores.begin(), rows.scores.end());
  const matrix_view view = basic_matrix_view<float>::contiguous(narrow.data(), rows.size(), rows.classes);
  const double off = farthest(mapped(fitted(method, rows), rows), mapped(fitted(method, rows, 2, &view), rows));
  // Intermediate logarithms are kept as float32 there.
  return off > 1e-4 ? "differs by " + std::to_string(off) : "";
}

std::string a_class_without_rows_is_legal(const calibrator_entry& method) {
  const std::vector<rows_to_learn> kinds = rows_of_both_kinds();
  for (const rows_to_learn& all : kinds) {
    std::vector<std::size_t> some;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (all.labels[i] != 1) some.push_back(i);
    if (method.absent_class.starts_with("refused")) {
      try {
        static_cast<void>(fitted(method, taken(all, some)));
        return "it is not refused";
      } catch (const error& e) {
        if (e.code() != error_code::invalid_labels) return e.what();
        if (&all == &kinds.back()) return "~absent class " + std::string(method.absent_class);
        continue;
      }
    }
    const calibration_model model = fitted(method, taken(all, some));
    const std::vector<double> p = mapped(model, all);
    if (std::any_of(p.begin(), p.end(), [](double x) { return !(x >= 0 && x <= 1); })) return "no probability";
    const bool noted = std::any_of(model.report.notes.begin(), model.report.notes.end(),
                                   [](const fit_note& note) { return note.code == "absent_classes"; });
    if (!noted) return "the report does not say so";
  }
  return "";
}

std::string a_thousand_classes(const calibrator_entry& method) {
  // A matrix of a million numbers, or half a million pairs of classes to look up for every row.
  const bool quadratic = method.parameters(1000) > 100'000 || method.name == "venn_abers_pairs";
  const std::size_t K = quadratic ? 100 : 1000;
  rows_to_learn rows = drawn_rows(1200, K, 8);
  if (method.absent_class.starts_with("refused"))
    for (std::size_t k = 0; k < K; ++k) rows.labels[k] = static_cast<std::int32_t>(k);
  const std::vector<double> p = mapped(fitted(method, rows), rows);
  if (std::any_of(p.begin(), p.end(), [](double x) { return !(x >= 0 && x <= 1); })) return "no probability";
  return quadratic ? "~K = 100" : "";
}

std::string two_classes_are_classes(const calibrator_entry& method) {
  for (const rows_to_learn& rows : {drawn_rows(400, 2, 3), drawn_rows(400, 2, 4, score_kind::probabilities)}) {
    const calibration_model model = fitted(method, rows);
    if (!model.report.loss_after || !std::isfinite(*model.report.loss_after)) return "no finite loss";
    const bool minimises_loss = method.parameters(2) > 0 && !method.needs_target;
    if (minimises_loss && *model.report.loss_after > *model.report.loss_before) return "it made its own rows worse";
  }
  return "";
}

/// Whether a graph is written where the catalogue names no obstacle, and refused with the obstacle elsewhere.
std::string graph_or_reason(const calibrator_entry& method) {
  std::string cell;
  for (const rows_to_learn& rows : {drawn_rows(300, 4, 10), drawn_rows(300, 4, 11, score_kind::probabilities)}) {
    const bool of_logits = rows.kind == score_kind::logits;
    const std::string_view obstacle = !method.onnx_obstacle.empty() ? method.onnx_obstacle
                                      : of_logits                   ? method.onnx_obstacle_of_logits
                                                                    : std::string_view();
    const calibration_model model = fitted(method, rows);
    try {
      if (encode_onnx(model).empty()) return "an empty graph";
      if (!obstacle.empty()) return "a graph in spite of the obstacle";
    } catch (const error& e) {
      if (obstacle.empty() || std::string(e.what()).find(obstacle) == std::string::npos) return e.what();
      cell = method.onnx_obstacle.empty() ? "~ONNX of probabilities" : "~no ONNX: " + std::string(obstacle);
    }
  }
  return cell;
}

std::string extreme_rows(const calibrator_entry& method) {
  rows_to_learn rows = drawn_rows(200, 3, 9);
  for (std::size_t i = 0; i < 60; i += 3) {
    const auto y = static_cast<std::size_t>(rows.labels[i]);
    rows.scores[i * 3 + y] = 1e4;
    rows.scores[i * 3 + (y + 1) % 3] = -1e4;
    rows.scores[(i + 1) * 3 + (static_cast<std::size_t>(rows.labels[i + 1]) + 1) % 3] =
        -std::numeric_limits<double>::infinity();
    std::fill_n(rows.scores.begin() + static_cast<std::ptrdiff_t>((i + 2) * 3), 3, 0.25);
  }
  const std::vector<double> p = mapped(fitted(method, rows), rows);
  return std::any_of(p.begin(), p.end(), [](double x) { return !(x >= 0 && x <= 1); }) ? "no probability" : "";
}

const std::vector<std::pair<const char*, law>>& laws() {
  static const std::vector<std::pair<const char*, law>> all = {
      {"simplex", gives_probabilities},
      {"order", keeps_order_where_it_says_so},
      {"weights", weight_two_is_two_rows},
      {"permutation", order_of_rows_leaves_no_trace},
      {"relabelling", classes_may_be_named_anew},
      {"batches", batches_and_threads_leave_no_trace},
      {"file", a_file_gives_it_back},
      {"float32", element_types_agree},
      {"absent class", a_class_without_rows_is_legal},
      {"K = 2", two_classes_are_classes},
      {"K = 1000", a_thousand_classes},
      {"extremes", extreme_rows},
      {"ONNX", graph_or_reason},
  };
  return all;
}

TEST(CalibratorLaws, HoldForTheWholeCatalogue) {
  std::string grid = "calibrator laws\n";
  for (const calibrator_entry& method : calibrator_catalog()) {
    char name[32];
    std::snprintf(name, sizeof name, "  %-17s", std::string(method.name).c_str());
    grid += name;
    for (const auto& [title, holds] : laws()) {
      std::string problem;
      try {
        problem = holds(method);
      } catch (const error& e) {
        problem = e.what();
      }
      const bool named = problem.starts_with(not_applicable);
      EXPECT_TRUE(problem.empty() || named) << method.name << ": " << title << ": " << problem;
      grid += std::string(" | ") + (problem.empty() ? title : named ? problem.substr(1) : std::string("NOT ") + title);
    }
    grid += '\n';
  }
  std::ofstream(CALIBRANT_BUILD_DIRECTORY "/calibrator_grid.txt") << grid;
}

}  // namespace
}  // namespace calibrant::testing
