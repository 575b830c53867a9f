#include <calibrant/io/state_file.hpp>

#include <charconv>
#include <cmath>
#include <cstring>
#include <deque>
#include <utility>

#include <fmt/format.h>
#include <simdjson.h>
#include <calibrant/core/error.hpp>
#include <calibrant/io/atomic_file.hpp>
#include <calibrant/io/json_writer.hpp>

#include "io/detail/input_file.hpp"
#include "io/detail/row_record.hpp"
#include "io/detail/safetensors.hpp"

namespace calibrant {
namespace {

constexpr std::string_view format_prefix = "calibrant/state/";
constexpr std::uint64_t newest_version = 3;

/// Of what was measured, what a file keeps.
panel_parts stored_parts(const evaluation_config& config) { return config.parts & panel_parts::all(); }

/// 1 has the fixed-memory states alone; 2 says which states it has besides; 3 may lack some of the fixed-memory ones
/// too. What an older version can hold is written as that, so that older readers take it and equal states have equal
/// bytes.
std::uint64_t version_of(const evaluation_state& state) {
  const evaluation_config& config = state.config;
  if (!config.parts.contain(config.measurable() & panel_parts::fixed_memory())) return 3;
  return stored_parts(config) == panel_parts::fixed_memory() && config.exact_rows == default_exact_rows &&
                 state.counts.soft_labels == 0
             ? 1
             : 2;
}

std::string format_name(std::uint64_t version) { return fmt::format("{}{}", format_prefix, version); }

[[noreturn]] void refuse(const std::string& name, const std::string& reason) {
  throw error(error_code::malformed_input, fmt::format("{}: damaged at byte 8: {}; make the file again", name, reason));
}

template <class T>
constexpr io::tensor_type tensor_type_of =
    std::is_same_v<state_word_t<T>, double> ? io::tensor_type::f64 : io::tensor_type::i64;

/// The shape of a field, with one more extent for elements of several words.
template <class T>
field_shape tensor_shape(field_shape shape) {
  if constexpr (state_words<T> > 1) shape.push_back(state_words<T>);
  return shape;
}

std::string describe(const evaluation_state& state, std::uint64_t version) {
  const evaluation_config& config = state.config;
  json_writer json;
  json.begin_object();
  json.key("classes").begin_array();
  for (const std::string& name : config.classes.names()) json.value(name);
  json.end_array();
  json.key("input").value(name_of(config.kind));
  json.key("bins").value(std::uint64_t{config.bins});
  json.key("weight_kind").value(name_of(config.weights));
  json.key("log_floor");
  if (config.log_floor)
    json.value(*config.log_floor);
  else
    json.null();
  if (version >= 2) {
    json.key("parts").begin_array();
    for (const std::string_view part : stored_parts(config).names()) json.value(part);
    json.end_array();
    json.key("exact_rows").value(config.exact_rows);
  }
  json.key("grouped").value(state.grouped);
  json.key("weighted").value(state.weighted);
  json.key("groups").begin_array();
  for (const auto& [name, panel] : state.panels) json.value(name);
  json.end_array();
  json.key("rows");
  io::write_counts(json, state.counts);
  json.key("sources");
  io::write_sources(json, state.sources);
  json.end_object();
  return json.text();
}

/// The state without its sums. simdjson throws simdjson_error where something is absent or of another kind.
evaluation_state parse_description(std::string_view text, std::uint64_t version, std::vector<std::string>& groups) {
  simdjson::dom::parser parser;
  const simdjson::dom::element root = parser.parse(text.data(), text.size());
  std::vector<std::string> names;
  for (const std::string_view name : simdjson::dom::array(root["classes"])) names.emplace_back(name);
  const std::string_view input = root["input"];
  const bool classless = names.empty() && input == name_of(score_kind::top_label);
  // What may throw comes before the aggregate: g++ 12 destroys its finished members twice otherwise.
  const score_kind kind = io::kind_named(input);
  class_names classes = classless ? class_names::none() : class_names(std::move(names));
  evaluation_state state{.config = {.classes = std::move(classes), .kind = kind, .log_floor = std::nullopt},
                         .counts = {},
                         .sources = {},
                         .panels = {},
                         .peers = {}};
  const std::string_view weights = root["weight_kind"];
  if (weights != "frequency" && weights != "importance")
    throw error(error_code::malformed_input, "its meaning of weights is unknown");
  state.config.weights = weights == "importance" ? weight_kind::importance : weight_kind::frequency;
  state.config.bins = static_cast<std::size_t>(std::uint64_t(root["bins"]));
  if (!root["log_floor"].is_null()) state.config.log_floor = double(root["log_floor"]);
  state.config.parts = state.config.measurable() & panel_parts::fixed_memory();
  if (version >= 3) state.config.parts = {};
  if (version >= 2) {
    for (const std::string_view part : simdjson::dom::array(root["parts"]))
      for (const panel_part stored :
           {panel_part::proper_scores, panel_part::confidence_scores, panel_part::top_label, panel_part::classwise,
            panel_part::confidences, panel_part::class_values, panel_part::ranks})
        if (part == panel_parts(stored).text()) state.config.parts = state.config.parts | stored;
    state.config.exact_rows = std::uint64_t(root["exact_rows"]);
  }
  state.grouped = bool(root["grouped"]);
  state.weighted = bool(root["weighted"]);
  for (const std::string_view name : simdjson::dom::array(root["groups"])) groups.emplace_back(name);
  state.counts = io::read_counts(root["rows"]);
  state.sources = io::read_sources(root["sources"]);
  return state;
}

/// Hands the tensors of a file out in the order in which the states ask for them.
class tensor_queue {
 public:
  tensor_queue(const std::vector<io::tensor>& tensors, const std::string& name) : tensors_(tensors), name_(name) {}

  template <class T>
  void fill(const std::string& field, const field_shape& shape, std::vector<T>& into, presence wanted) {
    const bool here = next_ < tensors_.size() && tensors_[next_].name == field;
    if (!here && wanted == presence::optional) return;
    if (!here) refuse(name_, fmt::format("tensor \"{}\" is missing or out of order", field));
    const io::tensor& t = tensors_[next_++];
    if (t.type != tensor_type_of<T> || t.shape != tensor_shape<T>(shape))
      refuse(name_,
             fmt::format("tensor \"{}\" does not have the type and shape that the configuration asks for", field));
    into.resize(t.bytes.size() / sizeof(T));
    std::memcpy(static_cast<void*>(into.data()), t.bytes.data(), t.bytes.size());
  }
  void require_end() const {
    if (next_ < tensors_.size()) refuse(name_, fmt::format("tensor \"{}\" is unknown", tensors_[next_].name));
  }

 private:
  const std::vector<io::tensor>& tensors_;
  const std::string& name_;
  std::size_t next_ = 0;
};

}  // namespace

std::string encode_state(const evaluation_state& state) {
  if (state.config.peer)
    throw error(
        error_code::invalid_argument,
        fmt::format("state: got one with the peer {}, expected none, since peers keep whole rows; measure without "
                    "the peer",
                    state.config.peer->entry->name));
  io::tensor_file file;
  std::deque<std::vector<std::int64_t>> kept;  // what a state made for us; tensors look at bytes that are elsewhere
  std::size_t group = 0;
  for (const auto& [name, panel] : state.panels) {
    panel.fields([&](const std::string& field, const field_shape& shape, auto&& shown, presence) {
      using array = std::remove_cvref_t<decltype(shown)>;
      using element = typename array::value_type;
      if (shown.empty()) return;
      const auto& values = [&]() -> const array& {
        if constexpr (std::is_lvalue_reference_v<decltype(shown)>)
          return shown;
        else
          return kept.emplace_back(std::forward<decltype(shown)>(shown));
      }();
      file.tensors.push_back(
          {.name = fmt::format("{}.{}", group, field),
           .type = tensor_type_of<element>,
           .shape = tensor_shape<element>(shape),
           .bytes = {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(element)}});
    });
    ++group;
  }
  const std::uint64_t version = version_of(state);
  const std::string description = describe(state, version);
  file.metadata = {
      {"format", format_name(version)}, {"state", description}, {"sha256", io::checksum(description, file.tensors)}};
  return io::encode_tensors(file);
}

bool fits_state_file(const evaluation_state& state) {
  return !state.config.peer && stored_parts(state.config) == state.config.parts;
}

evaluation_state decode_state(std::string_view bytes, const std::string& name) {
  const io::tensor_file file = io::decode_tensors(bytes, name);
  const auto text = [&](const char* key) -> const std::string& {
    const auto found = file.metadata.find(key);
    if (found == file.metadata.end())
      refuse(name, fmt::format("the metadata has no \"{}\", so it is no state file", key));
    return found->second;
  };
  std::uint64_t version = newest_version;
  while (version > 0 && text("format") != format_name(version)) --version;
  if (version == 0) {
    if (text("format").starts_with(format_prefix))
      throw error(error_code::unsupported,
                  fmt::format("{}: got format \"{}\", expected \"{}\" or an older one; read it with a newer version of "
                              "Calibrant",
                              name, text("format"), format_name(newest_version)));
    refuse(name, fmt::format("its format is \"{}\", expected \"{}\"", text("format"), format_name(newest_version)));
  }
  if (file.metadata.size() != 3) refuse(name, "the metadata has more than format, state and sha256");
  if (io::checksum(text("state"), file.tensors) != text("sha256"))
    refuse(name, "the checksum does not match the contents");

  std::vector<std::string> groups;
  try {
    evaluation_state state = parse_description(text("state"), version, groups);
    // Before memory is taken for it, the configuration must fit the tensors that are there.
    const std::size_t tables = state.config.parts.contain(panel_part::classwise) ? 2 : 1;
    const std::size_t cells = state.config.predicted_classes() * std::max<std::size_t>(state.config.bins, 1);
    if (state.config.bins > 65536 || cells * groups.size() * tables * sizeof(exact_cell) > bytes.size())
      refuse(name, "the configuration asks for more tensors than the file holds");
    const bool fit =
        groups.empty() ? state.counts.measured == 0 : state.grouped || groups == std::vector<std::string>{""};
    if (!fit) refuse(name, "the groups do not fit whether rows are grouped");
    tensor_queue queue(file.tensors, name);
    std::uint64_t rows = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      panel_state panel = state.empty_panel();
      panel.fields([&](const std::string& field, const field_shape& shape, auto& values, presence wanted) {
        queue.fill(fmt::format("{}.{}", g, field), shape, values, wanted);
      });
      if (!panel.confidences.restore() || !panel.class_values.restore())
        refuse(name, "the sorted forecasts are not those of any rows");
      if (!panel.ranks.valid()) refuse(name, "the ranks are not those of any rows");
      rows += static_cast<std::uint64_t>(panel.scores.rows());
      if (!state.panels.emplace(groups[g], std::move(panel)).second)
        refuse(name, fmt::format("group \"{}\" stands there twice", groups[g]));
    }
    queue.require_end();
    // A pass for metrics that do not read the score sums leaves them empty.
    const std::uint64_t summed = state.config.parts.contain(panel_part::confidence_scores) ? state.counts.measured : 0;
    if (rows != summed)
      refuse(name, fmt::format("it says {} measured rows, its sums hold {} instead of {}", state.counts.measured, rows,
                               summed));
    if (version != version_of(state) || describe(state, version) != text("state"))
      refuse(name, "the description is not in canonical form");
    return state;
  } catch (const simdjson::simdjson_error& problem) {
    refuse(name, fmt::format("the description of the state is not the expected JSON ({})", problem.what()));
  } catch (const error& problem) {
    if (problem.code() == error_code::malformed_input && std::string_view(problem.what()).starts_with(name)) throw;
    refuse(name, fmt::format("the description of the state is not valid ({})", problem.what()));
  }
}

void write_state(const std::string& path, const evaluation_state& state) {
  atomic_file file(path);
  file.write(encode_state(state));
  file.commit();
}

evaluation_state read_state(const std::string& path) {
  const io::input_file file(path);
  std::string bytes(file.size(), '\0');
  file.read_exactly(bytes.data(), bytes.size(), 0);
  return decode_state(bytes, path);
}

}  // namespace calibrant
