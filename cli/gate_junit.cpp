#include "cli/gate_junit.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <string_view>

#include "cli/terminal.hpp"

namespace calibrant::cli {
namespace {

/// Printable text as XML holds it: of what is printable XML 1.0 lacks U+FFFE and U+FFFF.
std::string xml(std::string_view text) {
  std::string result;
  const std::string shown = printable(text);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const std::string_view rest = std::string_view(shown).substr(i);
    if (rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF")) {
      result += '?';
      i += 2;
    } else if (shown[i] == '&') {
      result += "&amp;";
    } else if (shown[i] == '<') {
      result += "&lt;";
    } else if (shown[i] == '>') {
      result += "&gt;";
    } else if (shown[i] == '"') {
      result += "&quot;";
    } else {
      result += shown[i];
    }
  }
  return result;
}

std::string_view words_of(limit_rule rule) {
  return rule == limit_rule::at_most ? "at most" : rule == limit_rule::at_least ? "at least" : "no worse, margin";
}

std::string class_of(const gate_check& check) {
  const std::string scope(name_of(check.scope));
  return "calibrant." + scope + (check.scope == limit_scope::total ? std::string() : "." + check.member);
}

std::string test_case(const gate_check& check) {
  std::string text = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"", xml(class_of(check)),
                                 xml(fmt::format("{} {} {}", check.entry->name, words_of(check.rule), check.limit)));
  if (check.outcome == gate_outcome::pass) return text + "/>\n";
  const std::string_view element = check.outcome == gate_outcome::fail ? "failure" : "error";
  const auto bound = [](const figure& f) { return f.value ? fmt::format("{}", *f.value) : f.reason; };
  const std::string message =
      fmt::format("{}: the value is {}, its bounds are {} and {}; {}", name_of(check.outcome), bound(check.value),
                  bound(check.at_best), bound(check.at_worst), check.advice);
  return text + fmt::format(">\n      <{} type=\"{}\" message=\"{}\"/>\n    </testcase>\n", element,
                            name_of(check.outcome), xml(message));
}

}  // namespace

std::string gate_junit(const gate_result& result) {
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::string cases;
  for (const gate_check& check : result.checks) {
    failures += check.outcome == gate_outcome::fail ? 1 : 0;
    errors += check.outcome == gate_outcome::inconclusive ? 1 : 0;
    cases += test_case(check);
  }
  const std::string counts = fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" time=\"0\"",
                                         result.checks.size(), failures, errors);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"calibrant check\" {0}>\n  <testsuite "
      "name=\"calibrant check\" {0}>\n{1}    <system-out>{2}</system-out>\n  </testsuite>\n</testsuites>\n",
      counts, cases, xml(result.verdict));
}

}  // namespace calibrant::cli
