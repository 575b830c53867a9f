#pragma once

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <functional>
#include <string>
#include <system_error>
#include <vector>

namespace calibrant::cli {

/// A number in the domain that `accepts` tells, described by `domain`.
template <class Number>
[[nodiscard]] CLI::Validator number(const std::string& domain, const std::function<bool(Number)>& accepts) {
  return {[domain, accepts](std::string& text) {
            Number x{};
            const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), x);
            if (failure == std::errc() && end == text.data() + text.size() && accepts(x)) return std::string();
            return "got \"" + text + "\", expected " + domain;
          },
          ""};
}

[[nodiscard]] inline CLI::Validator one_of(const std::vector<std::string>& choices) {
  return {[choices](std::string& text) {
            if (std::find(choices.begin(), choices.end(), text) != choices.end()) return std::string();
            std::string known;
            for (std::size_t i = 0; i < choices.size(); ++i)
              known += (i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ") + choices[i];
            return "got \"" + text + "\", expected " + known;
          },
          ""};
}

}  // namespace calibrant::cli
