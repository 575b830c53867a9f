#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>

#include "io/detail/little_endian.hpp"
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

double decode_number(const char* item, std::size_t bytes, char kind) {
  if (kind == 'u' && bytes == 8) return static_cast<double>(number_from<std::uint64_t>(item));
  if (kind != 'f') return static_cast<double>(decode_integer(item, bytes, kind == 'i'));
  if (bytes == 2) return to_double(number_from<float16>(item));
  if (bytes == 4) return to_double(number_from<float>(item));
  return number_from<double>(item);
}

class npy_labels final : public row_reader {
 public:
  npy_labels(const std::string& path, truth_kind truth)
      : column_(npy_array(open_file_stream(path)), "label"), truth_(truth) {
    column_.require_no_float("labels");
  }

  std::size_t read(std::size_t at_most, batch_buffers& into, row_keys& keys) override {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(at_most, column_.rows() - next_));
    column_.fetch(count);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t row = into.labels.size();
      const bool refused = row < into.predictions.size() && into.predictions[row] == refused_label;
      into.labels.push_back(refused ? refused_label : label(i, next_key_place(into), keys));
    }
    next_ += count;
    return count;
  }

  [[nodiscard]] std::optional<std::uint64_t> rows() const override { return column_.rows(); }
  [[nodiscard]] std::uint64_t bytes_read() const override { return column_.array().bytes_of_file(); }

 private:
  [[nodiscard]] std::int32_t label(std::size_t i, const row_place& place, row_keys& keys) const {
    if (truth_ == truth_kind::correctness)
      return column_.visit(
          i, [&](std::int64_t value) { return keys.correctness(value, place); },
          [&](std::string_view text) { return keys.correctness(text, place); },
          [&] { return keys.correctness(std::string_view(), place); });
    return column_.visit(
        i, [&](std::int64_t value) { return keys.labels().map(value, place); },
        [&](std::string_view text) { return keys.labels().map(text, place); },
        [&] { return keys.labels().missing(place); });
  }

  npy_column column_;
  truth_kind truth_;
  std::uint64_t next_ = 0;
};

class npy_soft_labels final : public row_reader {
 public:
  explicit npy_soft_labels(const std::string& path) : shares_(npy_array(open_file_stream(path))) {}

  std::size_t read(std::size_t at_most, batch_buffers& into, row_keys&) override {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(at_most, shares_.rows() - next_));
    shares_.fetch(count);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t k = 0; k < shares_.classes(); ++k) into.label_shares.push_back(shares_.share(i, k));
      into.labels.push_back(soft_label);
    }
    next_ += count;
    return count;
  }

  [[nodiscard]] std::optional<std::uint64_t> rows() const override { return shares_.rows(); }
  [[nodiscard]] std::uint64_t bytes_read() const override { return shares_.array().bytes_of_file(); }

 private:
  npy_shares shares_;
  std::uint64_t next_ = 0;
};

}  // namespace

npy_column::npy_column(npy_array array, const char* item)
    : npy_(std::move(array)), item_bytes_(npy_.header().item_bytes()), kind_(npy_.header().type[1]) {
  const auto& shape = npy_.header().shape;
  if (shape.size() != 1 && !(shape.size() == 2 && shape[1] == 1))
    throw error(
        error_code::shape_mismatch,
        fmt::format("{}: is an array of shape {}, expected one {} per row{}", npy_.name(), shape_text(shape), item,
                    std::string_view(item) == "label" ? " or, for soft labels, one share per class" : ""));
  rows_ = shape[0];
}

void npy_column::require_no_float(const char* items) const {
  if (is_float())
    throw error(error_code::invalid_labels,
                fmt::format("{}: {} are of type '{}', expected integers or text; convert them with y.astype('int64') "
                            "if they are class indices",
                            npy_.name(), items, npy_.header().type));
}

void npy_column::fetch(std::size_t count) {
  buffer_.resize(count * item_bytes_);
  npy_.read(buffer_.data(), buffer_.size());
}

double npy_column::number(std::size_t i) const noexcept { return decode_number(item(i), item_bytes_, kind_); }

std::int64_t npy_column::integer(std::size_t i) const noexcept {
  return decode_integer(item(i), item_bytes_, kind_ == 'i');
}

std::string npy_column::text_at(std::size_t i) const {
  if (!is_float()) return decode_text(item(i), item_bytes_, kind_ == 'U');
  const double value = number(i);
  return std::isnan(value) ? std::string() : fmt::format("{}", value);
}

bool npy_shares::is_one(const npy_header& header) noexcept {
  return header.shape.size() == 2 && header.shape[1] > 1 &&
         std::string_view("fiub").find(header.type[1]) != std::string_view::npos;
}

npy_shares::npy_shares(npy_array array)
    : npy_(std::move(array)), item_bytes_(npy_.header().item_bytes()), kind_(npy_.header().type[1]) {
  if (npy_.header().fortran_order && rows() > 1)
    throw error(error_code::unsupported,
                fmt::format("{}: is an array in Fortran order, expected C order; save numpy.ascontiguousarray(x)",
                            npy_.name()));
}

void npy_shares::fetch(std::size_t count) {
  buffer_.resize(count * classes() * item_bytes_);
  npy_.read(buffer_.data(), buffer_.size());
}

double npy_shares::share(std::size_t row, std::size_t k) const noexcept {
  return decode_number(buffer_.data() + (row * classes() + k) * item_bytes_, item_bytes_, kind_);
}

std::unique_ptr<row_reader> open_npy_labels(const std::string& path, truth_kind truth, std::size_t classes) {
  const npy_header header = npy_array(open_file_stream(path)).header();
  if (truth == truth_kind::labels && npy_shares::is_one(header) && header.shape[1] == classes)
    return std::make_unique<npy_soft_labels>(path);
  return std::make_unique<npy_labels>(path, truth);
}

}  // namespace calibrant::io
