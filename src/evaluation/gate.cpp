#include <calibrant/evaluation/gate.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/total_panel.hpp>
#include <calibrant/evaluation/warnings.hpp>

#include "evaluation/detail/comparable_states.hpp"
#include "evaluation/detail/gate_bounds.hpp"
#include "evaluation/detail/gate_words.hpp"

namespace calibrant {
namespace {

using detail::gate_subject;
using detail::panel_context;

[[noreturn]] void refuse(const std::string& sentence) { throw error(error_code::invalid_argument, sentence); }

/// A check with what it looks at. `at` is the value and its bounds, in the unit of the check.
struct open_check {
  gate_check check;
  std::function<estimate(double alpha)> at;
  std::function<double(const estimate&)> centre;  ///< that bounds shrink towards
};

void require_valid(const evaluation_state& state, const gate_options& options, const evaluation_state* baseline) {
  if (options.limits.empty())
    refuse("check: there is no limit, expected at least one such as ece at most 0.03; see docs/how-to/gate.md");
  if (!(options.level.level() > 0.5))
    refuse("level: got " + std::to_string(options.level.level()) +
           ", expected a number above 0.5 and below 1, such as 0.95");
  for (const metric_limit& limit : options.limits) {
    if (const std::string complaint = complaint_about(limit); !complaint.empty()) refuse("limit: " + complaint);
    if (limit.per_group && !state.grouped)
      refuse("limit of " + limit.metric + ": it is per group, but the rows have no groups; name their column");
    if (limit.rule == limit_rule::no_worse && baseline == nullptr)
      refuse("limit of " + limit.metric + ": there is no baseline, expected a state to be no worse than");
  }
}

/// Lists the checks: each limit for all rows, then for each group, then for each class.
class check_list {
 public:
  check_list(const evaluation_state& state, const gate_options& options, const evaluation_state* baseline)
      : state_(state),
        options_(options),
        total_(state),
        context_{.config = state.config, .soft_labels = state.counts.soft_labels > 0} {
    if (baseline != nullptr) {
      baseline_.emplace(*baseline);
      baseline_context_.emplace(
          panel_context{.config = baseline->config, .soft_labels = baseline->counts.soft_labels > 0});
    }
  }

  [[nodiscard]] const panel_state& total() const { return *total_; }

  [[nodiscard]] std::vector<open_check> checks() const {
    std::vector<open_check> all;
    for (const metric_limit& limit : options_.limits) {
      const metric_entry& entry = *find_metric(limit.metric);
      all.push_back(of_total(limit, entry));
      if (limit.per_group)
        for (const auto& [name, panel] : state_.panels)
          if (!panel.top_label.all().empty())
            all.push_back(plain(limit, entry, limit_scope::group, name,
                                detail::panel_subject(entry, panel, context_, options_.metric)));
      if (limit.per_class) add_classes(limit, entry, all);
    }
    return all;
  }

 private:
  [[nodiscard]] open_check plain(const metric_limit& limit, const metric_entry& entry, limit_scope scope,
                                 std::string member, gate_subject subject) const {
    open_check result;
    result.check = {.entry = &entry, .rule = limit.rule, .limit = limit.limit, .scope = scope};
    result.check.member = std::move(member);
    result.check.rows = subject.rows;
    result.at = std::move(subject.at);
    result.centre = [&entry](const estimate& e) { return detail::unbiased_value(entry, e); };
    return result;
  }

  [[nodiscard]] open_check of_total(const metric_limit& limit, const metric_entry& entry) const {
    gate_subject all = detail::panel_subject(entry, total(), context_, options_.metric);
    require_bounds(entry, all, "");
    if (limit.rule != limit_rule::no_worse) return plain(limit, entry, limit_scope::total, "", std::move(all));
    gate_subject before = detail::panel_subject(entry, **baseline_, *baseline_context_, options_.metric);
    require_bounds(entry, before, "baseline: ");
    open_check result = plain(limit, entry, limit_scope::total, "", all);
    result.check.baseline = before.at(options_.level.alpha()).value;
    result.at = [&entry, all, before](double alpha) { return detail::worsening(entry, all, before, alpha); };
    result.centre = [](const estimate& e) { return *e.value.value; };
    return result;
  }

  void add_classes(const metric_limit& limit, const metric_entry& entry, std::vector<open_check>& all) const {
    const std::size_t K = state_.config.classes.size();
    if (K == 0) refuse("limit of " + limit.metric + ": it is per class, but the rows name no classes");
    if (context_.soft_labels && entry.name != "accuracy")
      refuse("limit of " + limit.metric + ": it is per class, but the labels are soft; see evaluate for its value");
    for (std::size_t k = 0; k < K; ++k)
      all.push_back(plain(limit, entry, limit_scope::one_class, state_.config.classes.names()[k],
                          detail::class_subject(entry, total(), k)));
  }

  void require_bounds(const metric_entry& entry, const gate_subject& subject, const char* place) const {
    const estimate result = subject.at(options_.level.alpha());
    if (result.value.value && result.uncertainty.bounds) return;
    const std::string& why = result.value.value ? result.uncertainty.reason : result.value.reason;
    throw error(error_code::missing_input, place + std::string(entry.name) + ": it cannot be judged (" + why +
                                               "), expected rows that give it an interval; remove its limit" +
                                               (entry.name == "log_loss" ? " or give --log-floor" : ""));
  }

  const evaluation_state& state_;
  const gate_options& options_;
  total_panel total_;
  panel_context context_;
  std::optional<total_panel> baseline_;
  std::optional<panel_context> baseline_context_;
};

bool higher_is_worse(const gate_check& check) { return check.rule != limit_rule::at_least; }
double worse_end(const gate_check& check, const interval& i) { return higher_is_worse(check) ? i.upper : i.lower; }
double better_end(const gate_check& check, const interval& i) { return higher_is_worse(check) ? i.lower : i.upper; }
bool beyond(const gate_check& check, double x) { return higher_is_worse(check) ? x > check.limit : x < check.limit; }

/// Value, bad bound and, unless it fails later, pass or inconclusive.
void put_pass(open_check& open, double alpha) {
  gate_check& check = open.check;
  const estimate result = open.at(alpha);
  check.alpha = alpha;
  check.value = result.value;
  if (!result.value.value || !result.uncertainty.bounds) {
    const std::string& why = result.value.value ? result.uncertainty.reason : result.value.reason;
    check.at_worst = check.at_best = check.more_rows = figure::none(why);
    return;
  }
  check.method = result.uncertainty.method;
  check.at_worst = worse_end(check, *result.uncertainty.bounds);
  if (!beyond(check, *check.at_worst.value)) check.outcome = gate_outcome::pass;
}

/// The step-down of Holm: what fails leaves more of alpha to the others.
void put_failures(std::vector<open_check>& all, double alpha, thread_pool& pool) {
  std::vector<open_check*> left;
  for (open_check& open : all) left.push_back(&open);
  for (;;) {
    const double share = alpha / static_cast<double>(std::max<std::size_t>(left.size(), 1));
    pool.run(left.size(), [&](std::size_t i) {
      gate_check& check = left[i]->check;
      check.fail_alpha = share;
      if (!check.at_worst.value) return;
      check.at_best = better_end(check, *left[i]->at(share).uncertainty.bounds);
      if (beyond(check, *check.at_best.value)) check.outcome = gate_outcome::fail;
    });
    const std::size_t before = left.size();
    std::erase_if(left, [](const open_check* open) { return open->check.outcome == gate_outcome::fail; });
    if (left.size() == before || left.empty()) return;
  }
}

/// The least round number that is not below, with two digits.
double rounded_up(double rows) {
  const double unit = std::pow(10.0, std::max(std::floor(std::log10(std::max(rows, 1.0))) - 1, 0.0));
  return std::max(std::ceil(rows / unit) * unit, 1.0);
}

void put_more_rows(open_check& open) {
  gate_check& check = open.check;
  check.more_rows = figure::none(check.outcome == gate_outcome::inconclusive ? check.at_worst.reason : "it is decided");
  if (check.outcome != gate_outcome::inconclusive || !check.at_worst.value) return;
  constexpr double out_of_reach = 1e4;
  if (check.rule == limit_rule::no_worse) {
    check.more_rows = figure::none("the rows of the baseline are as many as they are");
    return;
  }
  const double centre = open.centre(open.at(check.alpha));
  const double room = std::abs(check.limit - centre);
  // A lower bound of 0 says nothing of its distance, so to fail takes the longer one.
  const double reach = beyond(check, centre)
                           ? std::max(std::abs(*check.at_best.value - centre), std::abs(*check.at_worst.value - centre))
                           : std::abs(*check.at_worst.value - centre);
  const double factor = reach / room * (reach / room);
  if (!(factor < out_of_reach))
    check.more_rows = figure::none("the estimate is too close to the limit for any number of rows in reach to tell");
  else
    check.more_rows = rounded_up(std::max(check.rows * (factor - 1), 1.0));
}

gate_outcome outcome_of(const std::vector<gate_check>& checks) {
  const auto some = [&](gate_outcome outcome) {
    return std::any_of(checks.begin(), checks.end(), [=](const gate_check& c) { return c.outcome == outcome; });
  };
  if (some(gate_outcome::fail)) return gate_outcome::fail;
  return some(gate_outcome::inconclusive) ? gate_outcome::inconclusive : gate_outcome::pass;
}

}  // namespace

gate_result judge(const evaluation_state& state, const gate_options& options, const evaluation_state* baseline,
                  thread_pool* pool) {
  thread_pool alone(1);
  if (pool == nullptr) pool = &alone;
  require_valid(state, options, baseline);
  if (baseline != nullptr) detail::require_comparable({state, "these rows"}, {*baseline, "the baseline"});
  const check_list list(state, options, baseline);
  if (list.total().top_label.all().empty())
    throw error(error_code::no_rows, "no rows: the state is empty, expected at least one row with a positive weight");

  std::vector<open_check> all = list.checks();
  const double alpha = options.level.alpha();
  pool->run(all.size(), [&](std::size_t i) { put_pass(all[i], alpha); });
  put_failures(all, alpha, *pool);
  gate_result result{.options = options, .config = state.config, .counts = state.counts, .sources = state.sources};
  for (open_check& open : all) {
    gate_check& check = open.check;
    // Without a margin only a worsening that is significant counts.
    if (check.rule == limit_rule::no_worse && check.limit == 0 && check.outcome == gate_outcome::inconclusive)
      check.outcome = gate_outcome::pass;
    put_more_rows(open);
    check.advice = detail::advice_about(check, check.at_worst.reason);
    result.checks.push_back(std::move(check));
  }
  if (baseline != nullptr) result.baseline_sources = baseline->sources;
  result.weight = list.total().top_label.all().sums.weight;
  result.grouped = state.grouped;
  result.weighted = state.weighted;
  result.warnings = row_warnings(state.counts);
  result.outcome = outcome_of(result.checks);
  result.verdict = detail::verdict_of(result);
  return result;
}

}  // namespace calibrant
