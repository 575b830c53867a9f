#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/detail/byte_stream.hpp"
#include "io/detail/row_reader.hpp"

namespace calibrant::io {

/// What the header of a .npy file (versions 1 to 3) says.
struct npy_header {
  std::string type;  ///< NumPy's type text, e.g. "<f4"
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;
  std::uint64_t data_offset = 0;

  [[nodiscard]] std::size_t item_bytes() const;  ///< 0 for types that have no fixed size, such as objects
};

/// Parses a header; `bytes` is the beginning of the file, `name` its path. Throws error (malformed_input) with the
/// offset and the reason.
[[nodiscard]] npy_header parse_npy_header(std::string_view bytes, const std::string& name);

/// "(2, 3)": the extents of an array, for messages.
[[nodiscard]] std::string shape_text(const std::vector<std::uint64_t>& shape);

/// An array of numbers or texts as numpy.save writes it, whose size fits its header exactly; its items follow from
/// front to back. Throws error (malformed_input, unsupported).
class npy_array {
 public:
  explicit npy_array(std::unique_ptr<byte_stream> bytes);
  [[nodiscard]] const npy_header& header() const noexcept { return header_; }
  [[nodiscard]] const std::string& name() const noexcept { return bytes_->name(); }
  [[nodiscard]] std::uint64_t bytes_of_file() const noexcept { return bytes_->bytes_of_file(); }
  /// The next `bytes` bytes of the items. Throws error (malformed_input).
  void read(void* to, std::size_t bytes) { bytes_->read_exactly(to, bytes); }

 private:
  std::unique_ptr<byte_stream> bytes_;
  npy_header header_;
};

/// Scores in an n x K array of float16, float32 or float64 in C order; rows come without keys. `one_column`: an array
/// of n is one of n x 1. Throws error (shape_mismatch, unsupported, malformed_input).
class npy_scores final : public row_reader {
 public:
  explicit npy_scores(npy_array array, bool one_column = false);
  explicit npy_scores(const std::string& path, bool one_column = false)
      : npy_scores(npy_array(open_file_stream(path)), one_column) {}
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
  std::size_t read(std::size_t at_most, batch_buffers& into, row_keys& keys) override;
  [[nodiscard]] std::optional<std::uint64_t> rows() const override { return rows_; }
  [[nodiscard]] std::uint64_t bytes_read() const override { return npy_.bytes_of_file(); }

 private:
  npy_array npy_;
  score_type type_;
  std::uint64_t rows_ = 0;
  std::size_t columns_ = 0;
  std::uint64_t next_ = 0;
};

/// Items of an array with one item per row (n, or n x 1) of integers, booleans, texts or floats, a run of them at a
/// time.
class npy_column {
 public:
  /// Throws error (shape_mismatch), asking for one `item` per row.
  npy_column(npy_array array, const char* item);

  [[nodiscard]] const npy_array& array() const noexcept { return npy_; }
  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
  [[nodiscard]] bool is_float() const noexcept { return kind_ == 'f'; }
  [[nodiscard]] bool is_text() const noexcept { return kind_ == 'U' || kind_ == 'S'; }

  /// Throws error (invalid_labels) if the items, whose name is `items`, are floats.
  void require_no_float(const char* items) const;

  /// Reads the next `count` items, which there must be; they are numbered from 0.
  void fetch(std::size_t count);
  /// An item that is no text as a number.
  [[nodiscard]] double number(std::size_t i) const noexcept;
  /// Calls `on_integer` with an integer or boolean, `on_text` with a text or a float as text, `on_missing` with an
  /// empty text or NaN.
  template <class OnInteger, class OnText, class OnMissing>
  auto visit(std::size_t i, OnInteger&& on_integer, OnText&& on_text, OnMissing&& on_missing) const {
    if (!is_text() && !is_float()) return on_integer(integer(i));
    const std::string text = text_at(i);
    return text.empty() ? on_missing() : on_text(std::string_view(text));
  }

 private:
  [[nodiscard]] std::int64_t integer(std::size_t i) const noexcept;
  [[nodiscard]] std::string text_at(std::size_t i) const;
  [[nodiscard]] const char* item(std::size_t i) const noexcept { return buffer_.data() + i * item_bytes_; }

  npy_array npy_;
  std::size_t item_bytes_;
  char kind_;
  std::uint64_t rows_;
  std::vector<char> buffer_;
};

/// The shares of soft labels: an n x K array of numbers in C order, a run of rows at a time.
class npy_shares {
 public:
  /// Whether an array is one of shares: it has two dimensions, more than one column, and numbers.
  [[nodiscard]] static bool is_one(const npy_header& header) noexcept;
  /// Throws error (unsupported) on Fortran order.
  explicit npy_shares(npy_array array);

  [[nodiscard]] const npy_array& array() const noexcept { return npy_; }
  [[nodiscard]] std::uint64_t rows() const noexcept { return npy_.header().shape[0]; }
  [[nodiscard]] std::size_t classes() const noexcept { return static_cast<std::size_t>(npy_.header().shape[1]); }
  /// Reads the next `count` rows, which there must be.
  void fetch(std::size_t count);
  [[nodiscard]] double share(std::size_t row, std::size_t k) const noexcept;

 private:
  npy_array npy_;
  std::size_t item_bytes_;
  char kind_;
  std::vector<char> buffer_;
};

/// Labels or correctness in an array of n integers, booleans or texts, or the shares of soft labels in one of n x K
/// numbers if there are K = `classes`. Floats are refused otherwise (error invalid_labels), objects are never read
/// (unsupported).
[[nodiscard]] std::unique_ptr<row_reader> open_npy_labels(const std::string& path,
                                                          truth_kind truth = truth_kind::labels,
                                                          std::size_t classes = 0);

}  // namespace calibrant::io
