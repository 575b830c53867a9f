#include "cli/check.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <system_error>

#include <calibrant/core/error.hpp>
#include <calibrant/core/text_list.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/gate.hpp>
#include <calibrant/evaluation/simd_target.hpp>
#include <calibrant/evaluation/streaming.hpp>
#include <calibrant/io/atomic_file.hpp>
#include <calibrant/io/gate_json.hpp>
#include <calibrant/io/limits_file.hpp>
#include <calibrant/io/prediction_reader.hpp>
#include <calibrant/io/state_file.hpp>

#include "cli/data_set.hpp"
#include "cli/gate_junit.hpp"
#include "cli/gate_report.hpp"
#include "cli/output_files.hpp"
#include "cli/progress_line.hpp"
#include "cli/signal_guard.hpp"
#include "cli/terminal.hpp"

namespace calibrant::cli {
namespace {

[[noreturn]] void refuse(const std::string& sentence) { throw error(error_code::invalid_argument, sentence); }

void check(const check_options& options) {
  if (options.predictions.empty())
    refuse("check: no input, expected prediction files or states; see calibrant check --help");
  require_one_kind(options.predictions, "check");
  check_input(options);
  if (!options.limits && options.most.empty() && options.least.empty() && !options.no_worse_than)
    refuse("check: no limit, expected --limits FILE, --max METRIC=LIMIT, --min METRIC=LIMIT or --no-worse-than STATE");
  if (options.weight_kind && !options.weight)
    refuse("--weight-kind says what weights mean, but there are none; name their column with --weight");
  if (options.log_floor && options.confidence)
    refuse("--log-floor is about the log loss, which needs the probabilities of all classes; remove it");
  if (options.id && !options.labels)
    refuse("--id joins the rows of two files, but there is one file; name the labels' file with --labels");
}

/// The number that a text is as a whole.
std::optional<double> whole_number(const std::string& text) {
  double x = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), x);
  return failure == std::errc() && end == text.data() + text.size() ? std::optional(x) : std::nullopt;
}

metric_limit parsed(const std::string& option, const std::string& text, limit_rule rule) {
  const std::size_t equals = text.find('=');
  const std::optional<double> limit =
      equals == std::string::npos ? std::nullopt : whole_number(text.substr(equals + 1));
  if (!limit) refuse(option + ": got \"" + text + "\", expected a metric and a number such as ece=0.03");
  metric_limit result{.metric = text.substr(0, equals), .rule = rule, .limit = *limit};
  if (const std::string complaint = complaint_about(result); !complaint.empty()) refuse(option + ": " + complaint);
  return result;
}

/// What the command line and the file of limits ask for together.
struct request {
  gate_options gate;
  std::vector<metric_limit> margins;
  std::optional<std::string> baseline;
};

void add_limit(std::vector<metric_limit>& limits, const metric_limit& limit) {
  for (const metric_limit& known : limits)
    if (known.metric == limit.metric && known.rule == limit.rule)
      refuse("limit of " + limit.metric + ": it is given twice, expected once; remove one of them");
  limits.push_back(limit);
}

request request_of(const check_options& options) {
  request result;
  if (options.limits) {
    limits_file file = read_limits(*options.limits);
    result.gate.limits = std::move(file.limits);
    result.margins = std::move(file.margins);
    result.baseline = file.no_worse_than;
    if (file.level) result.gate.level = confidence_level(*file.level);
  }
  for (const std::string& text : options.most)
    add_limit(result.gate.limits, parsed("--max", text, limit_rule::at_most));
  for (const std::string& text : options.least)
    add_limit(result.gate.limits, parsed("--min", text, limit_rule::at_least));
  for (const std::string& text : options.margins)
    add_limit(result.margins, parsed("--margin", text, limit_rule::no_worse));
  if (options.level) result.gate.level = confidence_level(*options.level);
  if (options.no_worse_than) result.baseline = options.no_worse_than;
  if (!result.margins.empty() && !result.baseline)
    refuse("--margin is how much worse than a baseline a metric may be, but there is none; add --no-worse-than STATE");

  std::size_t with_classes = 0;
  for (metric_limit& limit : result.gate.limits) {
    limit.per_group = limit.per_group || options.per_group;
    limit.per_class = limit.per_class || (options.per_class && has_class_meaning(limit.metric));
    with_classes += limit.per_class ? 1 : 0;
  }
  if (options.per_class && with_classes == 0)
    refuse(
        "--per-class sets limits to every class, but no limit has a meaning there, expected one of classwise_ece, "
        "ece and accuracy; add one or remove --per-class");
  if (options.per_group && result.gate.limits.empty())
    refuse("--per-group sets limits to every group, but there is none; add --max or --min");
  return result;
}

/// Sets the options of single metrics; one of a metric without a limit would do nothing.
void add_metric_options(const check_options& options, request& asked) {
  apply_metric_options(options, asked.gate.metric);
  for (const given_metric_option& given : given_options(options)) {
    const auto speaks = [&](const metric_limit& limit) { return given.speaks_of(limit.metric); };
    if (std::none_of(asked.gate.limits.begin(), asked.gate.limits.end(), speaks) &&
        std::none_of(asked.margins.begin(), asked.margins.end(), speaks))
      refuse(std::string(given.option) + " is of " + enumerated(given.metrics) +
             ", but no limit is, expected one; add it or remove " + std::string(given.option));
  }
}

/// Adds what a baseline asks for: the margins, and of the other limited metrics that they are not significantly worse.
void add_baseline(request& asked, score_kind kind) {
  if (!asked.baseline) return;
  std::vector<metric_limit> added = asked.margins;
  for (const metric_limit& limit : no_worse_limits(asked.gate.limits, kind)) {
    const auto same = [&](const metric_limit& known) { return known.metric == limit.metric; };
    if (std::none_of(added.begin(), added.end(), same) && (asked.margins.empty() || !asked.gate.limits.empty()))
      added.push_back(limit);
  }
  asked.gate.limits.insert(asked.gate.limits.end(), added.begin(), added.end());
}

evaluation_state measure(const check_options& options, request& asked, thread_pool& pool) {
  if (reads_states(options)) {
    evaluation_state state = merged_states(options.predictions);
    add_baseline(asked, state.config.kind);
    return state;
  }
  const std::unique_ptr<batch_source> source = open_predictions(input_of(options));
  add_baseline(asked, source->kind());
  evaluation_config config{.classes = source->classes(), .kind = source->kind(), .log_floor = options.log_floor};
  config.parts = parts_needed(asked.gate.limits);
  if (options.bins) config.bins = *options.bins;
  if (options.weight_kind == "importance") config.weights = weight_kind::importance;
  progress_line progress(!options.quiet && inspect_terminal(stderr).interactive);
  return evaluate_stream(*source, config, pass_of(options), pool,
                         [&](std::uint64_t read, std::uint64_t total) { progress.update(read, total); });
}

std::vector<output_target> targets_of(const check_options& options) {
  std::vector<output_target> targets;
  if (options.json) targets.push_back({"--json", *options.json});
  if (options.junit) targets.push_back({"--junit", *options.junit});
  if (options.markdown) targets.push_back({"--markdown", *options.markdown});
  return targets;
}

exit_code exit_code_of(gate_outcome outcome) {
  return outcome == gate_outcome::pass   ? exit_code::success
         : outcome == gate_outcome::fail ? exit_code::failed
                                         : exit_code::inconclusive;
}

}  // namespace

bool reads_states(const check_options& options) {
  return !options.predictions.empty() && std::all_of(options.predictions.begin(), options.predictions.end(), is_state);
}

exit_code run(const check_options& options, const std::string& command) {
  check(options);
  request asked = request_of(options);
  add_metric_options(options, asked);
  const std::vector<output_target> targets = targets_of(options);
  std::vector<std::string> inputs = options.predictions;
  for (const auto& path : {options.labels, options.limits, asked.baseline})
    if (path) inputs.push_back(*path);
  check_outputs(targets, inputs);

  thread_pool pool(options.threads.value_or(0));
  std::optional<evaluation_state> baseline;
  if (asked.baseline) baseline = read_state(*asked.baseline);
  const evaluation_state state = measure(options, asked, pool);
  const gate_result result = judge(state, asked.gate, baseline ? &*baseline : nullptr, &pool);

  // Everything is prepared before anything is written. The files go last, so that the guard outlives them.
  std::string to_stdout;
  const signal_guard guard;
  std::vector<atomic_file> files;
  const auto emit = [&](const std::string& path, const std::string& bytes) {
    if (is_standard_output(path))
      to_stdout = bytes;
    else
      files.emplace_back(path).write(bytes);
  };
  if (options.json) emit(*options.json, gate_json(result, {.command = command, .simd = active_simd_target()}));
  if (options.junit) emit(*options.junit, gate_junit(result));
  if (options.markdown) emit(*options.markdown, markdown_gate(result));
  const bool stdout_taken =
      std::any_of(targets.begin(), targets.end(), [](const output_target& target) { return target.is_stdout(); });
  if (!options.quiet && !stdout_taken) to_stdout = terminal_gate(result, inspect_terminal(stdout));
  for (atomic_file& file : files) file.commit();
  write_to_stdout(to_stdout);
  return exit_code_of(result.outcome);
}

}  // namespace calibrant::cli
