#include <calibrant/io/limits_file.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
// Its assertions fail on malformed tables such as [!a], which its parser refuses just below them.
#define TOML_ASSERT(expr) static_assert(true)
#include <fmt/format.h>
#include <toml++/toml.h>
#include <calibrant/core/edit_distance.hpp>
#include <calibrant/core/error.hpp>

namespace calibrant {
namespace {

/// Reads one file; every complaint names the file and the line.
class limits_reader {
 public:
  explicit limits_reader(std::string path) : path_(std::move(path)) {}

  limits_file read(std::string_view text) {
    toml::table root;
    try {
      root = toml::parse(text, path_);
    } catch (const toml::parse_error& failure) {
      refuse(failure.source().begin.line, fmt::format("it is not TOML ({}), expected lines such as ece = 0.03 below "
                                                      "[max]; correct it",
                                                      failure.description()));
    }
    for (const auto& [key, node] : root) read_entry(key.str(), node);
    if (result_.limits.empty() && result_.margins.empty() && !result_.no_worse_than)
      refuse(1,
             "it sets no limit, expected a table [max], [min] or [margin], or no_worse_than; see "
             "docs/how-to/gate.md");
    for (metric_limit& limit : result_.limits) {
      limit.per_group = limit.per_group || per_group_;
      limit.per_class = limit.per_class || (per_class_ && has_class_meaning(limit.metric));
    }
    return std::move(result_);
  }

 private:
  [[noreturn]] void refuse(toml::source_index line, std::string sentence) const {
    std::replace(sentence.begin(), sentence.end(), '\0', '?');  // a key may hold it, and it would end the message
    throw error(error_code::malformed_input, fmt::format("{}: line {}: {}", path_, line, sentence));
  }
  static toml::source_index line_of(const toml::node& node) { return node.source().begin.line; }

  void read_entry(std::string_view key, const toml::node& node) {
    if (key == "max" || key == "min" || key == "margin")
      read_table(key, node);
    else if (key == "level")
      result_.level = level_of(node);
    else if (key == "no_worse_than")
      result_.no_worse_than = path_of(node);
    else if (key == "per_group")
      per_group_ = switch_of(key, node);
    else if (key == "per_class")
      per_class_ = switch_of(key, node);
    else
      refuse_key(key, line_of(node), {"max", "min", "margin", "level", "no_worse_than", "per_group", "per_class"});
  }

  [[noreturn]] void refuse_key(std::string_view key, toml::source_index line,
                               const std::vector<std::string>& known) const {
    const std::string* const nearest = nearest_text(key, known);
    refuse(line, fmt::format("got the key \"{}\", expected one of {}{}", key, fmt::join(known, ", "),
                             nearest == nullptr ? "; remove it" : fmt::format("; did you mean {}?", *nearest)));
  }

  void read_table(std::string_view side, const toml::node& node) {
    const toml::table* const table = node.as_table();
    if (table == nullptr)
      refuse(line_of(node), fmt::format("{} is not a table, expected [{}] and below it lines such as ece = 0.03; "
                                        "write it so",
                                        side, side));
    for (const auto& [metric, value] : *table) {
      metric_limit limit{.metric = std::string(metric.str()),
                         .rule = side == "max"   ? limit_rule::at_most
                                 : side == "min" ? limit_rule::at_least
                                                 : limit_rule::no_worse};
      read_limit(limit, value);
      if (const std::string complaint = complaint_about(limit); !complaint.empty())
        refuse(metric.source().begin.line, complaint);
      (limit.rule == limit_rule::no_worse ? result_.margins : result_.limits).push_back(std::move(limit));
    }
  }

  void read_limit(metric_limit& limit, const toml::node& node) {
    const toml::table* const table = node.as_table();
    if (table == nullptr) {
      limit.limit = number_of(limit.metric, node);
      return;
    }
    bool given = false;
    for (const auto& [key, value] : *table) {
      if (key == "limit") {
        limit.limit = number_of(limit.metric, value);
        given = true;
      } else if (key == "per_group" && limit.rule != limit_rule::no_worse) {
        limit.per_group = switch_of(key.str(), value);
      } else if (key == "per_class" && limit.rule != limit_rule::no_worse) {
        limit.per_class = switch_of(key.str(), value);
      } else {
        refuse_key(key.str(), key.source().begin.line, {"limit", "per_group", "per_class"});
      }
    }
    if (!given)
      refuse(line_of(node),
             fmt::format("{} has no limit, expected a number such as {{limit = 0.03}}; add it", limit.metric));
  }

  double number_of(std::string_view what, const toml::node& node) const {
    if (const std::optional<double> number = node.is_number() ? node.value<double>() : std::nullopt) return *number;
    refuse(line_of(node),
           fmt::format("{} is {}, expected a number such as 0.03; write it without quotes", what, kind_of(node)));
  }
  double level_of(const toml::node& node) const {
    const double level = number_of("level", node);
    if (!(level > 0.5 && level < 1))
      refuse(line_of(node), fmt::format("level is {}, expected a number above 0.5 and below 1, such as 0.95", level));
    return level;
  }
  bool switch_of(std::string_view what, const toml::node& node) const {
    if (const std::optional<bool> truth = node.value_exact<bool>()) return *truth;
    refuse(line_of(node), fmt::format("{} is {}, expected true or false; write one of them", what, kind_of(node)));
  }
  std::string path_of(const toml::node& node) const {
    const std::optional<std::string> path = node.value_exact<std::string>();
    if (!path)
      refuse(line_of(node), fmt::format("no_worse_than is {}, expected the path of a state file", kind_of(node)));
    return (std::filesystem::path(path_).parent_path() / *path).string();
  }

  static std::string_view kind_of(const toml::node& node) {
    switch (node.type()) {
      case toml::node_type::table:
        return "a table";
      case toml::node_type::array:
        return "a list";
      case toml::node_type::string:
        return "a text";
      case toml::node_type::integer:
      case toml::node_type::floating_point:
        return "a number";
      case toml::node_type::boolean:
        return "true or false";
      default:
        return "a date";
    }
  }

  std::string path_;
  bool per_group_ = false;
  bool per_class_ = false;
  limits_file result_;
};

}  // namespace

limits_file read_limits(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad() || std::filesystem::is_directory(path))
    throw error(error_code::missing_input,
                path + ": cannot read the limits, expected a file in TOML such as limits.toml; check the path");
  return limits_reader(path).read(text);
}

}  // namespace calibrant
