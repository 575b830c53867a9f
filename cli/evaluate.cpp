#include "cli/evaluate.hpp"

#include <algorithm>
#include <memory>
#include <string_view>

#include <calibrant/catalog/metric_catalog.hpp>
#include <calibrant/core/error.hpp>
#include <calibrant/core/text_list.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/evaluation/simd_target.hpp>
#include <calibrant/evaluation/streaming.hpp>
#include <calibrant/io/atomic_file.hpp>
#include <calibrant/io/evaluation_json.hpp>
#include <calibrant/io/prediction_reader.hpp>
#include <calibrant/io/state_file.hpp>
#include <calibrant/metrics/peers/peer_catalog.hpp>
#include <calibrant/report/html_report.hpp>

#include "cli/markdown_summary.hpp"
#include "cli/nearest_name.hpp"
#include "cli/output_files.hpp"
#include "cli/progress_line.hpp"
#include "cli/side_by_side.hpp"
#include "cli/signal_guard.hpp"
#include "cli/terminal.hpp"
#include "cli/terminal_panel.hpp"

namespace calibrant::cli {
namespace {

[[noreturn]] void refuse(const std::string& sentence) { throw error(error_code::invalid_argument, sentence); }

/// The metrics to compute; empty means the default panel.
std::vector<std::string> chosen_metrics(const evaluate_options& options) {
  std::vector<std::string> chosen;
  if (options.metrics) chosen = metric_list(*options.metrics);
  const peer_entry* const peer = options.peer ? find_peer(*options.peer) : nullptr;
  if (chosen.empty() && peer != nullptr)
    for (const metric_entry& entry : metric_catalog())
      if (entry.default_panel || peer->find(entry.name) != nullptr) chosen.emplace_back(entry.name);
  // An option of a metric asks for that metric, unless one that it belongs to was chosen anyway.
  for (const given_metric_option& given : given_options(options)) {
    const bool by_default = chosen.empty() && std::all_of(given.metrics.begin(), given.metrics.end(),
                                                          [](auto& name) { return find_metric(name)->default_panel; });
    if (by_default || std::any_of(chosen.begin(), chosen.end(), [&](auto& name) { return given.speaks_of(name); }))
      continue;
    if (chosen.empty())
      for (const metric_entry& entry : metric_catalog())
        if (entry.default_panel) chosen.emplace_back(entry.name);
    chosen.insert(chosen.end(), given.metrics.begin(), given.metrics.end());
  }
  return chosen;
}

/// Refuses options that contradict one another or would do nothing. (That --from-state takes none about the input is
/// checked where the options are declared.)
void check(const evaluate_options& options) {
  if (options.predictions.empty() && !options.from_state)
    refuse("evaluate: no input, expected prediction files or --from-state STATE; see calibrant evaluate --help");
  if (options.each && options.state)
    refuse("--each measures every file on its own, but --state saves one state; save them one by one");
  if (options.each && options.group)
    refuse("--each and --group contradict each other, expected one of them; compare groups of one data set, or files");
  if (options.each && options.per_class)
    refuse(
        "--each shows files side by side, which has no place for --per-class; evaluate a file alone for its classes");
  check_input(options);
  if (options.peer && find_peer(*options.peer) == nullptr)
    refuse("--peer: got \"" + *options.peer + "\", expected one of " + peer_names(", ") +
           suggestion(*options.peer, split_list(peer_names(","))));
  if (options.peer && options.weight)
    refuse("--weight gives weights, but --peer takes the numbers of a package that knows none; remove one of them");
  if (options.peer && options.soft_labels)
    refuse(
        "--soft-labels gives shares of classes, but --peer takes the numbers of a package that knows none; remove one "
        "of them");
  if (options.bootstrap && options.peer)
    refuse("--bootstrap draws rows again, but --peer takes the numbers of a package once; remove one of them");
  if (options.bootstrap && options.from_state)
    refuse("--bootstrap draws rows, but --from-state has sums alone; evaluate the prediction files with it");
  if (options.id && !options.labels && !options.bootstrap)
    refuse(
        "--id joins the rows of two files or names those that are drawn, but there is one file and no draw; name the "
        "labels' file with --labels, or add --bootstrap");
  const std::vector<std::string> chosen = chosen_metrics(options);
  const bool drawing = std::any_of(chosen.begin(), chosen.end(), [](const std::string& name) {
    const metric_entry* const entry = find_metric(name);
    return entry != nullptr && entry->needs.seed;
  });
  if (options.seed && !options.bootstrap && !drawing)
    refuse("--seed is of what draws at random, but nothing does; add --bootstrap, or --metrics with t_cal");
  if (options.draws && !drawing)
    refuse("--draws is of tests that draw labels, but no metric does; add --metrics with t_cal");
  if (options.peer && options.log_floor)
    refuse("--log-floor clips the log loss, but --peer clips as its package does; remove one of them");
  if (options.report && options.peer)
    refuse("--report is a page of Calibrant's own numbers, but --peer takes those of a package; remove one of them");
  if (options.report && options.each)
    refuse("--report is a page of one data set, but --each measures every file on its own; write one page for each");
  if (options.peer && options.state)
    refuse("--state saves a state that merges, but --peer keeps whole rows; remove one of them");
  if (options.log_floor && options.confidence)
    refuse("--log-floor is about the log loss, which needs the probabilities of all classes; remove it");
  if (options.weight_kind && !options.weight)
    refuse("--weight-kind says what weights mean, but there are none; name their column with --weight");
  if (options.state && is_standard_output(*options.state))
    refuse("--state: got \"" + *options.state + "\", expected a file name; states are not written to standard output");
}

std::vector<output_target> targets_of(const evaluate_options& options) {
  std::vector<output_target> targets;
  if (options.json) targets.push_back({"--json", *options.json});
  if (options.markdown) targets.push_back({"--markdown", *options.markdown});
  if (options.report) targets.push_back({"--report", *options.report});
  if (options.state) targets.push_back({"--state", *options.state});
  return targets;
}

evaluation_state measure(const evaluate_options& options, const input_options& input, const evaluation_options& shown,
                         thread_pool& pool) {
  const std::unique_ptr<batch_source> source = open_predictions(input);
  evaluation_config config{.classes = source->classes(), .kind = source->kind(), .log_floor = options.log_floor};
  // A state file holds the whole panel, so that it can answer other questions later.
  const std::size_t K = config.classes.size();
  config.parts = parts_needed(shown, K);
  if (options.state) config.parts = config.parts | parts_needed({}, K) | panel_part::ranks;
  if (options.report) config.parts = config.parts | report_parts(shown, K);
  if (options.bins) config.bins = *options.bins;
  if (options.exact_rows) config.exact_rows = *options.exact_rows;
  if (options.peer) measure_for_peer(config, *find_peer(*options.peer), options.bins, shown.metrics);
  if (options.weight_kind == "importance") config.weights = weight_kind::importance;
  progress_line progress(!options.quiet && inspect_terminal(stderr).interactive);
  return evaluate_stream(*source, config, pass_of(options), pool,
                         [&](std::uint64_t read, std::uint64_t total) { progress.update(read, total); });
}

evaluation_options panel_options(const evaluate_options& options) {
  evaluation_options result;
  if (options.level) result.metric.level = confidence_level(*options.level);
  apply_metric_options(options, result.metric);
  if (options.seed) result.metric.seed = *options.seed;
  if (options.draws) result.metric.draws = *options.draws;
  if (options.bootstrap) result.bootstrap = *options.bootstrap;
  result.metrics = chosen_metrics(options);
  if (options.per_class) result.per_class_reliability = true;
  return result;
}

}  // namespace

exit_code run(const evaluate_options& options, const std::string& command) {
  check(options);
  const evaluation_options shown = panel_options(options);
  const std::vector<output_target> targets = targets_of(options);
  std::vector<std::string> inputs = options.predictions;
  for (const auto& path : {options.from_state, options.labels})
    if (path) inputs.push_back(*path);
  check_outputs(targets, inputs);

  thread_pool pool(options.threads.value_or(0));
  std::vector<evaluation> results;  // one, or with --each one per file
  std::string state_bytes;
  std::string page;
  if (options.each) {
    input_options input = input_of(options);
    for (const std::string& path : options.predictions) {
      input.paths = {path};
      results.push_back(evaluate(measure(options, input, shown, pool), shown, &pool));
    }
  } else {
    const evaluation_state state =
        options.from_state ? read_state(*options.from_state) : measure(options, input_of(options), shown, pool);
    results.push_back(evaluate(state, shown, &pool));
    if (options.state) state_bytes = encode_state(state);
    if (options.report)
      page = html_report(state, results.front(), {.command = command, .simd = active_simd_target()}, &pool);
  }
  const evaluation& result = results.front();

  // Everything is prepared before anything is written. The files go last, so that the guard outlives them.
  std::string to_stdout;
  const signal_guard guard;
  std::vector<atomic_file> files;
  const auto emit = [&](const std::string& path, const std::string& bytes) {
    if (is_standard_output(path)) {
      to_stdout = bytes;
    } else {
      files.emplace_back(path).write(bytes);
    }
  };
  if (options.json) {
    std::vector<std::string> documents;
    documents.reserve(results.size());
    for (const evaluation& each : results)
      documents.push_back(evaluation_json(each, {.command = command, .simd = active_simd_target()}));
    emit(*options.json, options.each ? json_side_by_side(documents) : documents.front());
  }
  if (options.markdown)
    emit(*options.markdown,
         options.each ? markdown_side_by_side(results) : markdown_summary(result, options.per_class));
  if (options.report) emit(*options.report, page);
  if (options.state) emit(*options.state, state_bytes);
  const bool stdout_taken =
      std::any_of(targets.begin(), targets.end(), [](const output_target& target) { return target.is_stdout(); });
  if (!options.quiet && !stdout_taken) {
    const terminal screen = inspect_terminal(stdout);
    to_stdout =
        options.each ? terminal_side_by_side(results, screen) : terminal_panel(result, options.per_class, screen);
  }
  for (atomic_file& file : files) file.commit();
  write_to_stdout(to_stdout);
  return exit_code::success;
}

}  // namespace calibrant::cli
