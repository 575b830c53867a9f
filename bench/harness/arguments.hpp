#pragma once

#include <map>
#include <stdexcept>
#include <string>

namespace calibrant::bench {

/// Pairs `--name value` of a command line.
class arguments {
 public:
  arguments(int argc, char** argv) {
    for (int i = 1; i + 1 < argc; i += 2) values_[argv[i]] = argv[i + 1];
  }
  [[nodiscard]] const std::string& operator[](const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) throw std::invalid_argument("missing option " + name);
    return found->second;
  }
  [[nodiscard]] std::size_t number(const std::string& name) const { return std::stoul((*this)[name]); }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace calibrant::bench
