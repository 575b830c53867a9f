#include <calibrant/calibrators/operator_graph.hpp>

namespace calibrant {

std::string operator_graph::numbers(const std::vector<double>& values, std::vector<std::size_t> shape) {
  std::vector<float> narrow(values.begin(), values.end());
  constants_.push_back({fresh_name(), std::move(shape), std::move(narrow)});
  return constants_.back().name;
}

std::string operator_graph::integers(std::vector<std::int64_t> values, std::vector<std::size_t> shape) {
  constants_.push_back({fresh_name(), std::move(shape), std::move(values)});
  return constants_.back().name;
}

std::string operator_graph::apply(std::string op, std::vector<std::string> inputs, std::vector<attribute> attributes) {
  nodes_.push_back({std::move(op), std::move(inputs), fresh_name(), std::move(attributes)});
  return nodes_.back().output;
}

std::string operator_graph::normalized(const std::string& x) {
  const std::string total = row_sum(x);
  const std::string any = apply("Greater", {total, number(0)});
  const std::string uniform = number(1 / static_cast<double>(classes_));
  // Where there is nothing to divide by, 1 stands in.
  return apply("Where", {any, apply("Div", {x, apply("Where", {any, total, number(1)})}), uniform});
}

}  // namespace calibrant
