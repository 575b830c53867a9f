#include <calibrant/core/class_names.hpp>

#include <utility>

#include <calibrant/core/error.hpp>

namespace calibrant {

namespace {

void check_count(std::size_t count) {
  if (count < 2)
    throw error(error_code::invalid_classes,
                "classes: got " + std::to_string(count) + ", expected at least 2; give one score column per class");
  if (count > class_names::max_count)
    throw error(error_code::invalid_classes, "classes: got " + std::to_string(count) + ", expected at most " +
                                                 std::to_string(class_names::max_count) +
                                                 "; are rows and columns of the scores swapped?");
}

}  // namespace

class_names class_names::indexed(std::size_t count) {
  check_count(count);
  std::vector<std::string> names;
  names.reserve(count);
  for (std::size_t k = 0; k < count; ++k) names.push_back(std::to_string(k));
  return class_names(std::move(names));
}

class_names class_names::none() {
  class_names nothing = indexed(2);
  nothing.names_.clear();
  nothing.index_.clear();
  nothing.indexed_ = false;
  return nothing;
}

class_names::class_names(std::vector<std::string> names) : names_(std::move(names)) {
  check_count(names_.size());
  index_.reserve(names_.size());
  indexed_ = true;
  for (std::size_t k = 0; k < names_.size(); ++k) {
    const std::string& name = names_[k];
    if (name.empty())
      throw error(error_code::invalid_classes, "classes: name " + std::to_string(k) + " is empty, expected text");
    const auto [position, inserted] = index_.emplace(name, static_cast<std::int32_t>(k));
    if (!inserted)
      throw error(error_code::invalid_classes, "classes: the name \"" + name + "\" stands at positions " +
                                                   std::to_string(position->second) + " and " + std::to_string(k) +
                                                   ", expected each name once");
    indexed_ = indexed_ && name == std::to_string(k);
  }
}

std::optional<std::int32_t> class_names::find(std::string_view name) const {
  const auto position = index_.find(name);
  if (position == index_.end()) return std::nullopt;
  return position->second;
}

std::optional<std::int32_t> class_names::find(std::int64_t label) const {
  if (!indexed_) return find(std::string_view(std::to_string(label)));
  if (label < 0 || static_cast<std::uint64_t>(label) >= names_.size()) return std::nullopt;
  return static_cast<std::int32_t>(label);
}

}  // namespace calibrant
