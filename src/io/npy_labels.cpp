#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>

#include "io/detail/npy_file.hpp"

namespace calibrant::io {
namespace {

/// A NumPy text: code points of 4 bytes ('U') or bytes ('S'), padded with zeros at its end.
std::string decode_text(const char* item, std::size_t bytes, bool unicode) {
  std::string text;
  const auto without_padding = [&] {
    text.resize(text.find_last_not_of('\0') + 1);
    return std::move(text);
  };
  if (!unicode) {
    text.assign(item, bytes);
    return without_padding();
  }
  for (std::size_t i = 0; i < bytes; i += 4) {
    std::uint32_t c = 0;
    std::memcpy(&c, item + i, 4);
    const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (c < 0x80) {
      put(c);
    } else if (c < 0x800) {
      put(0xC0 | c >> 6);
      put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
      put(0xE0 | c >> 12);
      put(0x80 | (c >> 6 & 0x3F));
      put(0x80 | (c & 0x3F));
    } else {
      put(0xF0 | (c >> 18 & 7));
      put(0x80 | (c >> 12 & 0x3F));
      put(0x80 | (c >> 6 & 0x3F));
      put(0x80 | (c & 0x3F));
    }
  }
  return without_padding();
}

std::int64_t decode_integer(const char* item, std::size_t bytes, bool is_signed) {
  std::uint64_t value = 0;
  std::memcpy(&value, item, bytes);
  if (is_signed && bytes < 8 && (value >> (8 * bytes - 1) & 1) != 0) value |= ~std::uint64_t{0} << (8 * bytes);
  return static_cast<std::int64_t>(value);
}

class npy_labels final : public row_reader {
 public:
  npy_labels(const std::string& path, truth_kind truth)
      : npy_(path), truth_(truth), item_(npy_.header().item_bytes()), kind_(npy_.header().type[1]) {
    const npy_header& header = npy_.header();
    const bool column = header.shape.size() == 2 && header.shape[1] == 1;
    if (header.shape.size() != 1 && !column)
      throw error(error_code::shape_mismatch, fmt::format("{}: is an array of shape ({}), expected one label per row "
                                                          "or, for soft labels, one share per class",
                                                          path, fmt::join(header.shape, ", ")));
    if (kind_ == 'f')
      throw error(
          error_code::invalid_labels,
          fmt::format("{}: labels are of type '{}', expected integers or text; convert them with y.astype('int64') if "
                      "they are class indices",
                      path, header.type));
    rows_ = header.shape[0];
  }

  std::size_t read(std::size_t at_most, batch_buffers& into, row_keys& keys) override {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(at_most, rows_ - next_));
    buffer_.resize(count * item_);
    npy_.file().read_exactly(buffer_.data(), buffer_.size(), npy_.header().data_offset + next_ * item_);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t row = into.labels.size();
      const bool refused = row < into.predictions.size() && into.predictions[row] == refused_label;
      into.labels.push_back(refused ? refused_label : label(buffer_.data() + i * item_, next_key_place(into), keys));
    }
    next_ += count;
    return count;
  }

  [[nodiscard]] std::optional<std::uint64_t> rows() const override { return rows_; }
  [[nodiscard]] std::uint64_t bytes_read() const override { return npy_.header().data_offset + next_ * item_; }

 private:
  [[nodiscard]] std::int32_t label(const char* item, const row_place& place, row_keys& keys) const {
    const bool correctness = truth_ == truth_kind::correctness;
    if (kind_ != 'U' && kind_ != 'S') {
      const std::int64_t value = decode_integer(item, item_, kind_ == 'i');
      return correctness ? keys.correctness(value, place) : keys.labels().map(value, place);
    }
    const std::string text = decode_text(item, item_, kind_ == 'U');
    if (correctness) return keys.correctness(std::string_view(text), place);
    return text.empty() ? keys.labels().missing(place) : keys.labels().map(std::string_view(text), place);
  }

  npy_file npy_;
  truth_kind truth_;
  std::size_t item_;
  char kind_;
  std::uint64_t rows_ = 0;
  std::uint64_t next_ = 0;
  std::vector<char> buffer_;
};

/// Shares of the classes, one row of K numbers for each label.
class npy_soft_labels final : public row_reader {
 public:
  explicit npy_soft_labels(const std::string& path)
      : npy_(path),
        item_(npy_.header().item_bytes()),
        kind_(npy_.header().type[1]),
        rows_(npy_.header().shape[0]),
        classes_(static_cast<std::size_t>(npy_.header().shape[1])) {
    if (npy_.header().fortran_order && rows_ > 1)
      throw error(
          error_code::unsupported,
          fmt::format("{}: is an array in Fortran order, expected C order; save numpy.ascontiguousarray(x)", path));
  }

  std::size_t read(std::size_t at_most, batch_buffers& into, row_keys&) override {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(at_most, rows_ - next_));
    buffer_.resize(count * classes_ * item_);
    npy_.file().read_exactly(buffer_.data(), buffer_.size(), npy_.header().data_offset + next_ * classes_ * item_);
    for (std::size_t i = 0; i < count * classes_; ++i) into.label_shares.push_back(share(buffer_.data() + i * item_));
    for (std::size_t i = 0; i < count; ++i) into.labels.push_back(soft_label);
    next_ += count;
    return count;
  }

  [[nodiscard]] std::optional<std::uint64_t> rows() const override { return rows_; }
  [[nodiscard]] std::uint64_t bytes_read() const override {
    return npy_.header().data_offset + next_ * classes_ * item_;
  }

 private:
  [[nodiscard]] double share(const char* item) const {
    const auto as = [&](auto value) {
      std::memcpy(&value, item, sizeof value);
      return to_double(value);
    };
    if (kind_ != 'f') return static_cast<double>(decode_integer(item, item_, kind_ == 'i'));
    return item_ == 2 ? as(float16{}) : item_ == 4 ? as(float{}) : as(double{});
  }

  npy_file npy_;
  std::size_t item_;
  char kind_;
  std::uint64_t rows_;
  std::size_t classes_;
  std::uint64_t next_ = 0;
  std::vector<char> buffer_;
};

}  // namespace

std::unique_ptr<row_reader> open_npy_labels(const std::string& path, truth_kind truth, std::size_t classes) {
  const npy_header header = npy_file(path).header();
  if (truth == truth_kind::labels && classes >= 2 && header.shape.size() == 2 && header.shape[1] == classes &&
      std::string_view("fiub").find(header.type[1]) != std::string_view::npos)
    return std::make_unique<npy_soft_labels>(path);
  return std::make_unique<npy_labels>(path, truth);
}

}  // namespace calibrant::io
