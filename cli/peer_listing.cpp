#include "cli/peer_listing.hpp"

#include <cstdint>

#include <calibrant/io/json_writer.hpp>
#include <calibrant/metrics/peers/peer_catalog.hpp>

namespace calibrant::cli {

std::string peer_listing() {
  json_writer json;
  json.begin_array();
  for (const peer_entry& peer : peer_catalog()) {
    json.begin_object();
    json.key("name").value(peer.name);
    json.key("package").value(peer.package);
    json.key("version").value(peer.version);
    json.key("default_bins").value(std::uint64_t{peer.default_bins});
    json.key("default_class_bins").value(std::uint64_t{peer.default_class_bins});
    json.key("edges").value(peer.bin_text);
    json.key("at_zero").value(peer.at_zero);
    json.key("at_one").value(peer.at_one);
    json.key("differences").value(peer.differences);
    json.key("metrics").begin_object();
    for (const peer_metric& metric : peer.metrics) json.key(metric.metric).value(metric.call);
    json.end_object();
    json.key("refused").begin_object();
    for (const peer_refusal& refusal : peer.refusals) json.key(refusal.metric).value(refusal.reason);
    json.end_object();
    json.end_object();
  }
  json.end_array();
  return json.text() + '\n';
}

}  // namespace calibrant::cli
