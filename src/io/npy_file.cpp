#include "io/detail/npy_file.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>

#include "io/detail/little_endian.hpp"

namespace calibrant::io {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t longest_header = 1 << 20;

/// A cursor over the Python literal of the header: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
class literal_parser {
 public:
  literal_parser(std::string_view text, std::size_t offset, const std::string& name)
      : text_(text), offset_(offset), name_(name) {}

  [[noreturn]] void fail(const std::string& reason) const {
    throw error(error_code::malformed_input,
                fmt::format("{}: damaged at byte {}: {}; save the array again with numpy.save", name_,
                            offset_ + position_, reason));
  }
  void skip_blanks() {
    while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\n')) ++position_;
  }
  bool accept(std::string_view token) {
    skip_blanks();
    if (!text_.substr(position_).starts_with(token)) return false;
    position_ += token.size();
    return true;
  }
  void expect(std::string_view token) {
    if (!accept(token)) fail(fmt::format("expected {} in the header", token));
  }
  std::string quoted() {
    skip_blanks();
    const char quote = position_ < text_.size() ? text_[position_] : ' ';
    const std::size_t end = text_.find(quote, position_ + 1);
    if ((quote != '\'' && quote != '"') || end == std::string_view::npos)
      fail("expected a text in quotes in the header");
    std::string result(text_.substr(position_ + 1, end - position_ - 1));
    position_ = end + 1;
    return result;
  }
  std::vector<std::uint64_t> tuple() {
    std::vector<std::uint64_t> numbers;
    expect("(");
    while (!accept(")")) {
      skip_blanks();
      std::uint64_t number = 0;
      const auto [end, problem] = std::from_chars(text_.data() + position_, text_.data() + text_.size(), number);
      if (problem != std::errc{}) fail("expected a length in the shape");
      position_ = static_cast<std::size_t>(end - text_.data());
      numbers.push_back(number);
      if (!accept(",")) {
        expect(")");
        break;
      }
    }
    return numbers;
  }
  [[nodiscard]] bool ended() {
    skip_blanks();
    return position_ == text_.size();
  }

 private:
  std::string_view text_;
  std::size_t offset_;
  const std::string& name_;
  std::size_t position_ = 0;
};

/// The bytes of a stream up to the end of its .npy header, or fewer if it has none.
std::string read_start(byte_stream& stream) {
  constexpr std::size_t prefix = 12;
  std::string start(static_cast<std::size_t>(std::min<std::uint64_t>(stream.size(), prefix)), '\0');
  stream.read_exactly(start.data(), start.size());
  if (start.size() < prefix || !start.starts_with(magic)) return start;
  const bool first_version = start[magic.size()] == 1;
  const std::uint64_t length =
      first_version ? number_from<std::uint16_t>(&start[8]) + 10ULL : number_from<std::uint32_t>(&start[8]) + 12ULL;
  const std::uint64_t whole = std::min<std::uint64_t>({length, stream.size(), longest_header});
  if (whole <= prefix) return start;
  start.resize(static_cast<std::size_t>(whole));
  stream.read_exactly(start.data() + prefix, start.size() - prefix);
  return start;
}

}  // namespace

std::string shape_text(const std::vector<std::uint64_t>& shape) { return fmt::format("({})", fmt::join(shape, ", ")); }

std::size_t npy_header::item_bytes() const {
  if (type.size() < 3 || std::string_view("<>=|").find(type[0]) == std::string_view::npos) return 0;
  std::size_t count = 0;
  const auto [end, problem] = std::from_chars(type.data() + 2, type.data() + type.size(), count);
  if (problem != std::errc{} || end != type.data() + type.size()) return 0;
  constexpr std::size_t longest_text = 1U << 20;
  switch (type[1]) {
    case 'b':
      return count == 1 ? 1 : 0;
    case 'i':
    case 'u':
      return count <= 8 && std::has_single_bit(count) ? count : 0;
    case 'f':
      return count == 2 || count == 4 || count == 8 ? count : 0;
    case 'S':
      return count <= longest_text ? count : 0;
    case 'U':
      return count <= longest_text ? 4 * count : 0;
    default:
      return 0;
  }
}

npy_header parse_npy_header(std::string_view bytes, const std::string& name) {
  const auto damaged = [&](std::size_t offset, const std::string& reason) {
    literal_parser({}, offset, name).fail(reason);
  };
  if (!bytes.starts_with(magic)) damaged(0, "the first bytes are not those of a .npy file");
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
  if (bytes.size() < 10) damaged(bytes.size(), "the file ends inside its header");
  const std::size_t version = byte(6);
  const std::size_t prefix = version == 1 ? 10 : 12;
  if (version < 1 || version > 3 || byte(7) != 0)
    damaged(magic.size(), fmt::format("version {}.{} of the format is unknown", version, byte(7)));
  if (bytes.size() < prefix) damaged(bytes.size(), "the file ends inside its header");
  const std::size_t length = byte(8) | byte(9) << 8 | (version == 1 ? 0 : byte(10) << 16 | byte(11) << 24);
  if (length > bytes.size() - prefix)
    damaged(magic.size() + 2,
            fmt::format("the header should have {} bytes, but the file or the limit of 1 MiB ends before", length));

  npy_header header{.type = {}, .fortran_order = false, .shape = {}, .data_offset = prefix + length};
  literal_parser parser(bytes.substr(prefix, length), prefix, name);
  bool has_type = false;
  bool has_order = false;
  bool has_shape = false;
  parser.expect("{");
  while (!parser.accept("}")) {
    const std::string key = parser.quoted();
    parser.expect(":");
    if (key == "descr" && !has_type) {
      has_type = true;
      // A list describes a structured type, which has no single name.
      if (parser.accept("[")) parser.fail("the array has named fields, expected plain numbers or texts");
      header.type = parser.quoted();
    } else if (key == "fortran_order" && !has_order) {
      has_order = true;
      header.fortran_order = parser.accept("True");
      if (!header.fortran_order) parser.expect("False");
    } else if (key == "shape" && !has_shape) {
      has_shape = true;
      header.shape = parser.tuple();
    } else {
      parser.fail(fmt::format("the key '{}' is unknown or stands there twice", key));
    }
    if (!parser.accept(",")) {
      parser.expect("}");
      break;
    }
  }
  if (!parser.ended()) parser.fail("text follows the header");
  if (!has_type || !has_order || !has_shape) parser.fail("the header lacks 'descr', 'fortran_order' or 'shape'");
  return header;
}

npy_array::npy_array(std::unique_ptr<byte_stream> bytes) : bytes_(std::move(bytes)) {
  const std::string& path = name();
  header_ = parse_npy_header(read_start(*bytes_), path);
  const std::size_t item = header_.item_bytes();
  if (header_.type.find('O') != std::string::npos)
    throw error(
        error_code::unsupported,
        fmt::format("{}: is an array of Python objects, which are pickles and never read; save it with a plain type, "
                    "e.g. numpy.save(path, numpy.asarray(x, dtype=str))",
                    path));
  if (item == 0)
    throw error(error_code::unsupported,
                fmt::format("{}: is an array of type '{}', expected numbers or texts", path, header_.type));
  if (header_.type[0] == '>' && item > 1)
    throw error(
        error_code::unsupported,
        fmt::format("{}: is an array of big-endian numbers ('{}'), expected little-endian ones; convert it with "
                    "x.astype(x.dtype.newbyteorder('<'))",
                    path, header_.type));
  std::uint64_t data = item;
  bool overflow = false;
  for (const std::uint64_t extent : header_.shape) overflow = overflow || __builtin_mul_overflow(data, extent, &data);
  if (overflow || header_.data_offset + data < data || header_.data_offset + data != bytes_->size())
    throw error(
        error_code::malformed_input,
        fmt::format(
            "{}: damaged at byte {}: an array of shape {} and type '{}' needs {} bytes, the file has {}; save it again",
            path, header_.data_offset, shape_text(header_.shape), header_.type,
            overflow ? std::string("too many") : fmt::format("{}", header_.data_offset + data), bytes_->size()));
}

npy_scores::npy_scores(npy_array array, bool one_column) : npy_(std::move(array)) {
  const npy_header& header = npy_.header();
  const std::string& path = npy_.name();
  const bool vector = one_column && header.shape.size() == 1;
  if (header.shape.size() != 2 && !vector)
    throw error(error_code::shape_mismatch,
                fmt::format("{}: is an array of shape {}, expected 2 dimensions, rows x classes", path,
                            shape_text(header.shape)));
  if (header.type == "<f4")
    type_ = score_type::float32;
  else if (header.type == "<f8")
    type_ = score_type::float64;
  else if (header.type == "<f2")
    type_ = score_type::float16;
  else
    throw error(
        error_code::unsupported,
        fmt::format("{}: is an array of type '{}', expected scores of float16, float32 or float64; convert it with "
                    "x.astype('float32')",
                    path, header.type));
  rows_ = header.shape[0];
  columns_ = vector ? 1 : static_cast<std::size_t>(header.shape[1]);
  if (header.fortran_order && rows_ > 1 && columns_ > 1)
    throw error(
        error_code::unsupported,
        fmt::format("{}: is an array in Fortran order, expected C order; save numpy.ascontiguousarray(x)", path));
}

std::size_t npy_scores::read(std::size_t at_most, batch_buffers& into, row_keys&) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(at_most, rows_ - next_));
  into.type = type_;
  const auto fill = [&](auto& buffer) {
    const std::size_t row_bytes = columns_ * sizeof(buffer[0]);
    npy_.read(room_for(buffer, into.rows + count, columns_) + into.rows * columns_, count * row_bytes);
  };
  if (type_ == score_type::float32)
    fill(into.float32);
  else if (type_ == score_type::float64)
    fill(into.float64);
  else
    fill(into.float16_);
  next_ += count;
  return count;
}

}  // namespace calibrant::io
