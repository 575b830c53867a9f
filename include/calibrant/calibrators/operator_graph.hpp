#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace calibrant {

/// A computation in the standard operators of ONNX (opset 17), on float32 numbers. Values are known by their names;
/// rows are the first dimension, classes the second.
class operator_graph {
 public:
  using attribute = std::pair<std::string, std::variant<std::int64_t, std::vector<std::int64_t>>>;
  struct node {
    std::string op;
    std::vector<std::string> inputs;
    std::string output;
    std::vector<attribute> attributes;
  };
  struct constant {
    std::string name;
    std::vector<std::size_t> shape;
    std::variant<std::vector<float>, std::vector<std::int64_t>> values;
  };

  explicit operator_graph(std::size_t classes) noexcept : classes_(classes) {}

  [[nodiscard]] std::size_t classes() const noexcept { return classes_; }
  [[nodiscard]] const std::vector<node>& nodes() const noexcept { return nodes_; }
  [[nodiscard]] const std::vector<constant>& constants() const noexcept { return constants_; }

  /// Constants: one number, numbers rounded to float32, whole numbers.
  std::string number(double x) { return numbers({x}, {}); }
  std::string numbers(const std::vector<double>& values, std::vector<std::size_t> shape);
  std::string integers(std::vector<std::int64_t> values, std::vector<std::size_t> shape);
  /// A row of one number for each class or curve, which every row of scores meets.
  std::string row(const std::vector<double>& values) { return numbers(values, {1, values.size()}); }

  /// The output of an operator.
  std::string apply(std::string op, std::vector<std::string> inputs, std::vector<attribute> attributes = {});

  std::string sum(const std::string& a, const std::string& b) { return apply("Add", {a, b}); }
  std::string difference(const std::string& a, const std::string& b) { return apply("Sub", {a, b}); }
  std::string product(const std::string& a, const std::string& b) { return apply("Mul", {a, b}); }
  std::string softmax(const std::string& x) { return apply("Softmax", {x}, {{"axis", 1}}); }
  std::string row_sum(const std::string& x) { return apply("ReduceSum", {x, integers({1}, {1})}, {{"keepdims", 1}}); }
  std::string row_maximum(const std::string& x) {
    return apply("ReduceMax", {x}, {{"axes", std::vector<std::int64_t>{1}}, {"keepdims", 1}});
  }
  /// 1 / (1 + exp(-x)): the standard Sigmoid is inexact in the tail of some runtimes.
  std::string sigmoid(const std::string& x) {
    return apply("Reciprocal", {sum(number(1), apply("Exp", {apply("Neg", {x})}))});
  }

  /// Each row divided by its sum; a row without any becomes uniform.
  std::string normalized(const std::string& x);

 private:
  [[nodiscard]] std::string fresh_name() { return "v" + std::to_string(next_++); }

  std::size_t classes_;
  std::size_t next_ = 0;
  std::vector<node> nodes_;
  std::vector<constant> constants_;
};

}  // namespace calibrant
