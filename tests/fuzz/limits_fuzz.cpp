// The reader of files of limits: whatever is accepted can be judged, and whatever is not is refused in one sentence.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <calibrant/evaluation/gate.hpp>
#include <calibrant/io/limits_file.hpp>

#include "fuzz/expectations.hpp"
#include "fuzz/memory_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace calibrant;
  static fuzz::memory_file file;
  file.fill(data, size);
  try {
    const limits_file limits = read_limits(file.path());
    fuzz::require(!limits.limits.empty() || !limits.margins.empty() || limits.no_worse_than, "limits without a limit");
    fuzz::require(!limits.level || (*limits.level > 0.5 && *limits.level < 1), "a level that cannot be judged at");
    for (const auto* const part : {&limits.limits, &limits.margins})
      for (const metric_limit& limit : *part) {
        fuzz::require(find_metric(limit.metric) != nullptr, "a limit of no metric");
        fuzz::require((limit.rule == limit_rule::no_worse) == (part == &limits.margins), "a limit among the margins");
        fuzz::require(!limit.per_class || has_class_meaning(limit.metric), "a limit per class without a meaning");
      }
  } catch (const error& refusal) {
    const std::string_view sentence = refusal.what();
    fuzz::require(refusal.code() == error_code::malformed_input, refusal.what());
    fuzz::require(sentence.starts_with(file.path() + ": line "), "a refusal that names no line");
  }
  return 0;
}
