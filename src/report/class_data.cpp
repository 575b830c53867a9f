#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <utility>

#include <calibrant/figures/number_text.hpp>
#include <calibrant/metrics/reliability_diagram.hpp>
#include <calibrant/stats/consistency_interval.hpp>

#include "report/detail/page_source.hpp"

// The bins of every class, small enough for a page of 1000 classes. One line of JSON:
//
//   {"bins": B, "whole": bool, "intervals": bool, "level": "95 %", "data": "<class>.<class>..."}
//
// A class is its B bins one after another in digits of base 64 (the alphabet of RFC 4648, section 5). A bin:
//
//   count        varint; in thousandths unless `whole`. A bin of 0 ends here.
//   mean         2 digits: how far the mean probability is across the bin, in 4095ths
//   of the class varint of rows if `whole`, else a share in 2 digits, in 4095ths
//   interval     its two ends, 2 digits each, in 4095ths; only if `intervals`. If `whole`, only where these two numbers
//                of rows come for the first time: the same rows have the same interval
//   calibrated   the two ends of what a calibrated model gives: varints of rows if `whole`, else 2 digits each
//
// A varint has five bits to the digit, the lowest first; 32 says that more follow.

namespace calibrant::detail {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void put_varint(std::string& text, double x) {
  auto rest = static_cast<std::uint64_t>(std::llround(x));
  for (; rest >= 32; rest >>= 5) text += alphabet[32 | (rest & 31)];
  text += alphabet[rest];
}

void put_share(std::string& text, double share) {
  const auto parts = static_cast<unsigned>(std::lround(4095 * std::clamp(share, 0.0, 1.0)));
  text += alphabet[parts >> 6];
  text += alphabet[parts & 63];
}

class class_writer {
 public:
  explicit class_writer(const page_source& page)
      : source(page), intervals(page.result.counts.soft_labels == 0), whole(intervals && !page.result.weighted) {}

  void put(std::string& text, std::size_t k) {
    const confidence_level level = source.result.options.metric.level;
    const std::vector<reliability_bin> bins = class_reliability(source.total.classwise, k, level);
    const std::vector<cell_pair> cells = source.total.classwise.class_bins(k);
    for (std::size_t b = 0; b < bins.size(); ++b) put(text, bins[b], cells[b], level);
  }

  const page_source& source;
  const bool intervals;
  const bool whole;

 private:
  void put(std::string& text, const reliability_bin& bin, const cell_pair& cell, confidence_level level) {
    put_varint(text, whole ? bin.count : 1000 * bin.count);
    if (!bin.confidence) return;
    put_share(text, (*bin.confidence - bin.lower) / (bin.upper - bin.lower));
    const auto put_hits = [&](double share) { whole ? put_varint(text, share * bin.count) : put_share(text, share); };
    put_hits(*bin.accuracy);
    if (!intervals) return;
    if (!whole || known_.emplace(bin.count, std::round(*bin.accuracy * bin.count)).second) {
      put_share(text, bin.bounds->lower);
      put_share(text, bin.bounds->upper);
    }
    const interval band = consistency_interval(std::clamp(*bin.confidence, 0.0, 1.0), cell.effective_rows(), level);
    put_hits(band.lower);
    put_hits(band.upper);
  }

  std::set<std::pair<double, double>> known_;
};

}  // namespace

bool has_class_cells(const page_source& source) {
  return !source.result.total.per_class.empty() && source.state.config.parts.contain(panel_part::classwise) &&
         source.state.config.measurable().contain(panel_part::classwise);
}

std::string class_data(const page_source& source, const std::vector<std::size_t>& order) {
  class_writer writer(source);
  std::string data;
  for (const std::size_t k : order) {
    if (!data.empty()) data += '.';
    writer.put(data, k);
  }
  const auto truth = [](bool x) { return x ? "true" : "false"; };
  return "{\"bins\":" + std::to_string(source.result.config.bins) + ",\"whole\":" + truth(writer.whole) +
         ",\"intervals\":" + truth(writer.intervals) + ",\"level\":\"" +
         level_percent(source.result.options.metric.level) + "\",\"data\":\"" + data + "\"}";
}

}  // namespace calibrant::detail
