#include <calibrant/calibrators/parameter_list.hpp>

#include <algorithm>
#include <cmath>
#include <string>

#include <calibrant/core/error.hpp>

namespace calibrant {
namespace {

[[noreturn]] void refuse(std::string_view name, const std::string& reason) {
  throw error(error_code::malformed_input, "parameter \"" + std::string(name) + "\" " + reason);
}

}  // namespace

bool parameter_list::has(std::string_view name) const noexcept {
  return std::any_of(parameters_.begin(), parameters_.end(), [&](const parameter& p) { return p.name == name; });
}

const parameter& parameter_list::find(std::string_view name) const {
  const auto found =
      std::find_if(parameters_.begin(), parameters_.end(), [&](const parameter& p) { return p.name == name; });
  if (found == parameters_.end()) refuse(name, "is missing");
  std::size_t count = 1;
  for (const std::size_t extent : found->shape) count *= extent;
  if (count != found->values.size()) refuse(name, "does not have as many numbers as its shape says");
  for (const double x : found->values)
    if (!std::isfinite(x)) refuse(name, "holds a number that is not finite");
  return *found;
}

double parameter_list::number(std::string_view name) const {
  const parameter& p = find(name);
  if (p.values.size() != 1) refuse(name, "is not one number");
  return p.values.front();
}

std::vector<double> parameter_list::numbers(std::string_view name, std::span<const std::size_t> shape) const {
  const parameter& p = find(name);
  if (!std::equal(p.shape.begin(), p.shape.end(), shape.begin(), shape.end()))
    refuse(name, "has another shape than the classes ask for");
  return p.values;
}

std::vector<double> parameter_list::list(std::string_view name) const {
  const parameter& p = find(name);
  if (p.shape.size() != 1) refuse(name, "is not a list");
  return p.values;
}

}  // namespace calibrant
