#include <calibrant/evaluation/evaluator.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <calibrant/core/error.hpp>

#include "evaluation/detail/aligned_doubles.hpp"
#include "evaluation/detail/block_buffers.hpp"
#include "evaluation/detail/block_shares.hpp"
#include "evaluation/detail/feed_states.hpp"
#include "evaluation/detail/row_check.hpp"
#include "evaluation/detail/row_pairs.hpp"
#include "evaluation/detail/row_refusal.hpp"
#include "evaluation/detail/soft_labels.hpp"
#include "simd/kernels.hpp"

namespace calibrant {
namespace {

/// Rows per block: scores of a block stay in the second-level cache beside the summaries and the column sums.
std::size_t block_rows(std::size_t classes) {
  constexpr std::size_t bytes = 192 * 1024;
  return std::clamp<std::size_t>(bytes / (classes * sizeof(float)), 1, 256);
}

}  // namespace

/// What one thread owns: a panel state per group, scratch, and its share of counts and problems.
class evaluator::worker {
 public:
  worker(const evaluation_config& config, const pass_options& options)
      : config_(config),
        options_(options),
        capacity_(block_rows(config.columns())),
        labels_(config.classes.size() == 0 ? 2 : config.classes.size()),
        edges_(bin_edges::equal_width(config.bins)) {}

  /// Rows [first, last) of the batch, group by group so that a block belongs to one state.
  /// `outcomes`, if any, has room for the rows of the batch behind those of earlier ones.
  template <class T>
  void accumulate(const prediction_batch& batch, const basic_matrix_view<T>& view, std::size_t first, std::size_t last,
                  row_outcomes* outcomes) {
    batch_ = &batch;
    outcomes_ = outcomes;
    block_.emplace<detail::block_buffers<T>>(capacity_);
    auto& block = std::get<detail::block_buffers<T>>(block_);
    std::optional<detail::block_buffers<T>> soft_block;  // rows whose label is a distribution
    if (!batch.label_shares.empty()) soft_block.emplace(capacity_);
    weighted_batch_ = !batch.weights.empty();
    if (!weighted_batch_ && batch.groups.empty()) {
      // The common case: whole runs of rows go into blocks as they are, up to a label that needs a closer look.
      while (first < last) {
        const std::size_t count = std::min(block.capacity(), last - first);
        if (!block.fill(view, batch.labels, first, count, labels_)) break;
        flush_block(batch, block, 0);
        first += count;
      }
      if (first == last) return;
    }
    const std::size_t count = last - first;
    order_.clear();
    if (!batch.groups.empty()) {
      order_.resize(count);
      std::iota(order_.begin(), order_.end(), first);
      std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
        return batch.groups[a] != batch.groups[b] ? batch.groups[a] < batch.groups[b] : a < b;
      });
    }
    std::size_t group = 0;
    const auto flush_blocks = [&] {
      flush_block(batch, block, group);
      if (!soft_block) return;
      soft_ = true;
      flush_block(batch, *soft_block, group);
      soft_ = false;
    };
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t row = order_.empty() ? first + i : order_[i];
      const std::size_t row_group = order_.empty() ? 0 : static_cast<std::size_t>(batch.groups[row]);
      if (batch.labels[row] == refused_label) continue;  // recorded by whoever made the batch
      const double weight = weighted_batch_ ? batch.weights[row] : 1.0;
      std::int32_t label = batch.labels[row];
      const bool has_shares = label == soft_label && soft_block;
      if (has_shares) {
        const double* const shares = batch.label_shares.data() + row * labels_;
        if (!detail::is_distribution(shares, labels_)) {
          refuse(batch, row, detail::explain_soft_label(shares, config_.classes));
          continue;
        }
        label = detail::only_class(shares, labels_);
      }
      const bool soft = has_shares && label == soft_label;
      if (!soft && static_cast<std::uint32_t>(label) >= labels_) {
        refuse(batch, row, detail::explain_label(label, labels_));
        continue;
      }
      if (!is_usable_weight(weight)) {
        refuse(batch, row, detail::explain_weight(weight));
        continue;
      }
      if (weight == 0) {
        ++counts.zero_weight;
        continue;
      }
      if (block.full() || (soft_block && soft_block->full()) || row_group != group) flush_blocks();
      group = row_group;
      if (soft)
        soft_block->push(view.row(row), 0, weight, row);
      else
        block.push(view.row(row), label, weight, row);
    }
    flush_blocks();
  }

  /// Brings every state into its final form.
  void finish() {
    flush();
    for (std::optional<panel_state>& panel : panels)
      if (panel) panel->confidences.flush();
  }

  /// Pairs the rows that wait for a partner here with those of another thread.
  void join_pairs(worker& other) {
    pairs_.join(other.pairs_, [this](std::size_t a, std::size_t b, double h) { add_pair(a, b, h); });
  }
  /// Every row of the batch has come, to this thread or to one that was joined.
  void end_pairs(const prediction_batch& batch, std::size_t rows) {
    pairs_.forget(batch.source, batch.first_row, batch.first_row + rows);
  }

  std::vector<std::optional<panel_state>> panels;  ///< by group index
  std::vector<std::optional<peer_state>> peers;    ///< likewise
  std::uint64_t rows_before = 0;                   ///< in earlier batches
  kernel_pair_sums cross_group_pairs;
  row_counts counts;
  row_problems problems;

 private:
  /// Moves sums that wait into the state of their group. Rows may wait across batches.
  void flush() {
    if (pending_group_ >= panels.size() || !panels[pending_group_]) return;
    pending_.flush(*panels[pending_group_]);
  }

  panel_state& panel(std::size_t group) {
    if (panels.size() <= group) panels.resize(group + 1);
    if (!panels[group])
      panels[group].emplace(config_.predicted_classes(), edges_, config_.weights, config_.log_floor, config_.parts,
                            config_.exact_rows);
    return *panels[group];
  }

  peer_state& peer(std::size_t group) {
    if (peers.size() <= group) peers.resize(group + 1);
    if (!peers[group])
      peers[group].emplace(*config_.peer, config_.predicted_classes(), config_.kind == score_kind::top_label);
    return *peers[group];
  }

  template <class T>
  void flush_block(const prediction_batch& batch, detail::block_buffers<T>& block, std::size_t group) {
    if (block.size() == 0) return;
    if (config_.kind == score_kind::logits)
      measure_logits(batch, block, group);
    else if (config_.kind == score_kind::top_label)
      measure_confidences(batch, block, group);
    else
      measure_probabilities(batch, block, group);
    block.clear();
  }

  template <class T>
  void measure_probabilities(const prediction_batch& batch, detail::block_buffers<T>& block, std::size_t group) {
    const std::size_t K = config_.classes.size();
    summarize(block);
    // A short summary waits for memory, so the next block is fetched while the class-wise cells are busy with this one.
    // The full one is busy itself.
    pending_.classwise.ahead = config_.parts.contain(panel_part::proper_scores) ? 0 : capacity_ * K * sizeof(T);

    const row_summaries s = block.summaries();
    const double loose = detail::rounding_tolerance(K);
    const simd::row_tally tally = simd::active_target().check_rows(s, block.size(), detail::sum_tolerance<T>, loose);
    if (!options_.renormalize && tally.bad == 0) {
      counts.loosely_normalized += tally.loose;
      feed(block, block.rows.data(), group);
      return;
    }
    repaired_.clear();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      // The kernels sum in float32; rows to be renormalised, likelihoods say, may lie outside its range.
      const bool in_range = s.total[i] > 1e-37 && s.total[i] < 1e38;
      const double total = options_.renormalize && !in_range ? row_total(block.rows[i]) : s.total[i];
      const detail::row_verdict verdict =
          detail::judge<T>({total, s.smallest[i], s.confidence[i]}, K, options_.renormalize);
      if (verdict == detail::row_verdict::refuse) {
        detail::row_complaint complaint = detail::explain_probabilities(block.rows[i], config_.classes);
        refuse(batch, block.places[i], std::move(complaint));
        continue;
      }
      counts.loosely_normalized += verdict != detail::row_verdict::renormalize && std::abs(s.total[i] - 1) > loose;
      if (verdict != detail::row_verdict::good) {
        repair(block, i, verdict);
        continue;
      }
      if (kept != i) block.move_row(i, kept);
      ++kept;
    }
    block.truncate(kept);
    feed(block, block.rows.data(), group);
    if (repaired_.empty()) return;

    // Repaired rows are rare: they go through the same kernels as a block of double rows.
    detail::block_buffers<double> second(capacity_);
    for (std::size_t r = 0; r < repaired_.size(); ++r)
      second.push(repaired_scores_.data() + r * K, repaired_[r].label, repaired_[r].weight, repaired_[r].place);
    summarize(second);
    pending_.classwise.ahead = 0;
    feed(second, second.rows.data(), group);
  }

  /// Summaries of probability rows, as far as the states that are measured need them.
  template <class T>
  void summarize(detail::block_buffers<T>& block) {
    const auto& kernels = simd::active_target().rows<T>();
    const auto summarize = config_.parts.contain(panel_part::proper_scores) ? kernels.summarize_probabilities
                                                                            : kernels.summarize_top_label;
    summarize(block.rows.data(), block.size(), config_.classes.size(), block.labels.data(), block.summaries());
  }

  template <class T>
  void measure_logits(const prediction_batch& batch, detail::block_buffers<T>& block, std::size_t group) {
    const std::size_t K = config_.classes.size();
    double* const p = softmax_.resize(block.size() * K);
    const auto& kernels = simd::active_target().rows<T>();
    kernels.softmax(block.rows.data(), block.size(), K, block.labels.data(), p, block.summaries());

    const row_summaries s = block.summaries();
    softmax_rows_.clear();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      if (!std::isfinite(s.total[i])) {
        refuse(batch, block.places[i], detail::explain_logits(block.rows[i], config_.classes));
        continue;
      }
      softmax_rows_.push_back(p + i * K);
      if (kept != i) block.move_row(i, kept);
      ++kept;
    }
    block.truncate(kept);
    feed(block, softmax_rows_.data(), group);
  }

  /// Rows of one score, the confidence in the prediction; without classes every row predicts class 0, its label 0 says
  /// that this is right.
  template <class T>
  void measure_confidences(const prediction_batch& batch, detail::block_buffers<T>& block, std::size_t group) {
    const row_summaries s = block.summaries();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      const double c = to_double(*block.rows[i]);
      const std::size_t place = block.places[i];
      const std::int32_t k = batch.predictions.empty() ? 0 : batch.predictions[place];
      if (static_cast<std::uint32_t>(k) >= config_.predicted_classes()) {
        refuse(batch, place, detail::explain_prediction(k, config_.predicted_classes()));
        continue;
      }
      if (!(c >= 0 && c <= 1 + detail::clip_tolerance)) {
        refuse(batch, place, detail::explain_confidence(c));
        continue;
      }
      counts.clipped += c > 1;
      block.move_row(i, kept);
      s.confidence[kept] = std::min(c, 1.0);
      s.prediction[kept] = k;
      ++kept;
    }
    block.truncate(kept);
    feed(block, block.rows.data(), group);
  }

  /// All states of the group eat the block, whose probabilities stand at `rows`.
  template <class T, class P>
  void feed(detail::block_buffers<T>& block, const P* const* rows, std::size_t group) {
    if (block.size() == 0) return;
    if (group != pending_group_) {
      flush();
      pending_group_ = group;
    }
    row_block good = block.block(weighted_batch_);
    if (soft_) {
      shares_.apply(*batch_, block, rows, config_, good);
      counts.soft_labels += good.rows;
    }
    panel_state& state = panel(group);
    detail::feed_states(state, rows, block.rows.data(), good, pending_);
    if (config_.peer) peer(group).accumulate(rows, good, std::span(block.places).first(block.size()), rows_before);
    if (config_.parts.contain(panel_part::kernel_pairs) && good.weights == nullptr && !soft_)
      pairs_.add(
          rows, good.labels, good.rows, config_.classes.size(), batch_->source, group,
          [&](std::size_t i) { return batch_->first_row + block.places[i]; },
          [this](std::size_t a, std::size_t b, double h) { add_pair(a, b, h); });
    if (config_.parts.contain(panel_part::rows)) {
      keys_.resize(good.rows);
      for (std::size_t i = 0; i < good.rows; ++i)
        keys_[i] = batch_->keys.empty() ? row_store::key_of(batch_->source, batch_->first_row + block.places[i])
                                        : batch_->keys[block.places[i]];
      state.rows.accumulate(rows, good, keys_);
    }
    if (outcomes_ != nullptr) note_outcomes(good, block.places);
    counts.measured += good.rows;
  }

  /// Threads write to rows of their own.
  void note_outcomes(const row_block& good, const std::vector<std::size_t>& places) const {
    const std::size_t before = outcomes_->rows() - batch_->labels.size();
    const row_summaries& s = good.summaries;
    for (std::size_t i = 0; i < good.rows; ++i) {
      const std::size_t row = before + places[i];
      outcomes_->results[row] =
          s.prediction[i] == good.labels[i] ? row_outcomes::result::right : row_outcomes::result::wrong;
      outcomes_->confidence[row] = s.confidence[i];
      if (!outcomes_->has_scores()) continue;
      outcomes_->label_probability[row] = s.label_probability[i];
      outcomes_->sum_squares[row] = s.sum_squares[i];
      outcomes_->log_loss[row] = s.log_loss[i];
    }
  }

  void add_pair(std::size_t group, std::size_t other, double h) {
    (group == other ? panel(group).kernel_pairs : cross_group_pairs).add(h);
  }

  void refuse(const prediction_batch& batch, std::size_t place, detail::row_complaint complaint) {
    problems.record(complaint.problem, batch.source, batch.first_row + place, std::move(complaint.got));
    ++counts.skipped[static_cast<std::size_t>(complaint.problem)];
  }

  template <class T>
  [[nodiscard]] double row_total(const T* row) const {
    double total = 0;
    for (std::size_t k = 0; k < config_.classes.size(); ++k) total += to_double(row[k]);
    return total;
  }

  template <class T>
  void repair(const detail::block_buffers<T>& block, std::size_t i, detail::row_verdict verdict) {
    const std::size_t K = config_.classes.size();
    repaired_.push_back({block.labels[i], block.weights[i], block.places[i]});
    repaired_scores_.resize(std::max(repaired_scores_.size(), capacity_ * K));
    double* const row = repaired_scores_.data() + (repaired_.size() - 1) * K;
    double total = 1;
    if (verdict == detail::row_verdict::renormalize) {
      total = row_total(block.rows[i]);
      ++counts.renormalized;
    } else {
      ++counts.clipped;
    }
    for (std::size_t k = 0; k < K; ++k) row[k] = std::min(1.0, to_double(block.rows[i][k]) / total);
  }

  struct repaired_row {
    std::int32_t label;
    double weight;
    std::size_t place;
  };

  const evaluation_config& config_;
  pass_options options_;
  std::size_t capacity_;
  std::size_t labels_;  ///< how many labels there are: K, or right and wrong without classes
  bin_edges edges_;
  bool weighted_batch_ = false;
  const prediction_batch* batch_ = nullptr;  ///< the current one
  row_outcomes* outcomes_ = nullptr;         ///< where its rows are noted
  bool soft_ = false;                        ///< the current block has soft labels
  detail::row_pairs pairs_;
  detail::block_shares shares_;
  std::variant<std::monostate, detail::block_buffers<float>, detail::block_buffers<double>,
               detail::block_buffers<float16>>
      block_;
  std::size_t pending_group_ = 0;  ///< whose sums wait in the scratches
  detail::pending_sums pending_;
  std::vector<std::uint64_t> keys_;
  std::vector<std::size_t> order_;
  detail::aligned_doubles softmax_;
  std::vector<const double*> softmax_rows_;
  std::vector<repaired_row> repaired_;
  std::vector<double> repaired_scores_;
};

evaluator::evaluator(evaluation_config config, pass_options options, thread_pool& pool)
    : config_(std::move(config)), options_(options), pool_(pool) {
  if (config_.columns() == 0)
    throw error(error_code::invalid_classes, "classes: got none, expected at least 2 for scores of all classes");
  config_.parts = config_.parts & config_.measurable();
  // Kernels number the cells in 32 bits.
  if (config_.bins == 0 || config_.bins > std::numeric_limits<std::int32_t>::max() / config_.predicted_classes())
    throw error(error_code::invalid_argument, "bins: got " + std::to_string(config_.bins) + " for " +
                                                  std::to_string(config_.predicted_classes()) +
                                                  " classes, expected at least 1 and fewer than 2^31 cells in all");
  for (std::size_t t = 0; t < pool_.size(); ++t) workers_.push_back(std::make_unique<worker>(config_, options_));
}

evaluator::~evaluator() = default;

void evaluator::accumulate(const prediction_batch& batch, row_outcomes* outcomes) {
  const matrix_view& view = view_of(batch.values);
  const std::size_t n = view.rows();
  const auto require = [](bool holds, const char* what, std::size_t got, std::size_t expected) {
    if (!holds)
      throw error(error_code::shape_mismatch,
                  std::string(what) + ": got " + std::to_string(got) + ", expected " + std::to_string(expected));
  };
  require(view.columns() == config_.columns(), "score columns", view.columns(), config_.columns());
  require(batch.labels.size() == n, "labels", batch.labels.size(), n);
  const std::size_t shares = config_.kind == score_kind::top_label ? 0 : n * config_.classes.size();
  require(batch.label_shares.empty() || batch.label_shares.size() == shares, "label shares", batch.label_shares.size(),
          shares);
  require(batch.weights.empty() || batch.weights.size() == n, "weights", batch.weights.size(), n);
  require(batch.groups.empty() || batch.groups.size() == n, "groups", batch.groups.size(), n);
  require(batch.keys.empty() || batch.keys.size() == n, "keys", batch.keys.size(), n);
  if (config_.peer && !(batch.weights.empty() && batch.label_shares.empty()))
    throw error(
        error_code::invalid_argument,
        "weights and soft labels: got some beside a peer, expected none, since peers know neither; leave out one of "
        "them");
  const std::size_t predicted = config_.kind == score_kind::top_label && config_.classes.size() > 0 ? n : 0;
  require(batch.predictions.size() == predicted, "predictions", batch.predictions.size(), predicted);
  for (const std::int32_t group : batch.groups)
    if (group < 0)
      throw error(error_code::invalid_argument,
                  "groups: got index " + std::to_string(group) + ", expected 0 or more; number the groups from 0");
  const auto kind = static_cast<std::size_t>(config_.kind);
  require(batch.values.index() == kind, "score kind (0 probabilities, 1 logits, 2 confidences)", batch.values.index(),
          kind);

  if (outcomes != nullptr) {
    if (outcomes->kind != config_.kind || (outcomes->has_scores() && !config_.parts.contain(panel_part::proper_scores)))
      throw error(error_code::invalid_argument,
                  "outcomes: the pass measures other scores than they hold, expected the kind of the configuration and "
                  "its proper scores");
    outcomes->begin(batch);
  }
  // Each thread takes one run of consecutive rows; a few rows are not worth a second thread.
  const std::size_t parts = std::clamp<std::size_t>(n * view.columns() / 16384, 1, workers_.size());
  pool_.run(parts, [&](std::size_t part) {
    const std::size_t first = n * part / parts;
    const std::size_t last = n * (part + 1) / parts;
    view.visit([&](const auto& typed) { workers_[part]->accumulate(batch, typed, first, last, outcomes); });
  });
  worker& front = *workers_.front();
  for (const auto& w : workers_) {
    w->rows_before += n;
    if (w.get() != &front) front.join_pairs(*w);
  }
  front.end_pairs(batch, n);
}

row_problems evaluator::problems() const {
  row_problems all;
  for (const auto& w : workers_) all.merge(w->problems);
  return all;
}

evaluation_state evaluator::finish(std::vector<source_info> sources, const std::vector<std::string>& group_names,
                                   const row_problems& known, bool weighted) {
  evaluation_state state{.config = config_,
                         .grouped = !group_names.empty(),
                         .weighted = weighted,
                         .counts = {},
                         .sources = std::move(sources),
                         .panels = {},
                         .peers = {}};
  row_problems all = problems();
  all.merge(known);
  std::uint64_t rows = 0;
  for (const source_info& source : state.sources) rows += source.rows;
  if (options_.on_invalid == invalid_policy::error && all.total() > 0) detail::refuse_rows(all, state.sources, rows);

  for (std::size_t i = 0; i < row_problem_count; ++i)
    state.counts.skipped[i] = known[static_cast<row_problem>(i)].count;
  pool_.run(workers_.size(), [this](std::size_t t) { workers_[t]->finish(); });
  for (const auto& w : workers_) {
    state.counts.merge(w->counts);
    state.cross_group_pairs.merge(w->cross_group_pairs);
    for (std::size_t g = 0; g < w->panels.size(); ++g) {
      if (!w->panels[g]) continue;
      if (g >= std::max<std::size_t>(group_names.size(), 1))
        throw error(error_code::shape_mismatch, "groups: got index " + std::to_string(g) + ", expected one of " +
                                                    std::to_string(group_names.size()) +
                                                    " group names; name every group");
      const std::string name = group_names.empty() ? std::string() : group_names[g];
      const auto [position, inserted] = state.panels.try_emplace(name, std::move(*w->panels[g]));
      if (!inserted) position->second.merge(*w->panels[g]);
      if (g >= w->peers.size() || !w->peers[g]) continue;
      const auto [peer, first] = state.peers.try_emplace(name, std::move(*w->peers[g]));
      if (!first) peer->second.merge(*w->peers[g]);
    }
  }
  for (auto& [name, panel] : state.panels) {
    panel.class_values.sort(pool_);
    panel.rows.sort();
  }
  if (state.counts.measured == 0) {
    const bool weightless = state.counts.zero_weight > 0 && state.counts.skipped_total() == 0;
    throw weightless
        ? error(error_code::invalid_weights, "weights: all " + std::to_string(state.counts.zero_weight) +
                                                 " rows have weight 0, expected at least one positive weight")
        : error(error_code::no_rows, state.counts.skipped_total() == 0
                                         ? std::string("no rows: the input holds none, expected at least one")
                                         : "no rows: all " + std::to_string(state.counts.skipped_total()) +
                                               " rows were skipped, expected at least one that can be measured");
  }
  return state;
}

}  // namespace calibrant
