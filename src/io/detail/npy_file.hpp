#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/detail/input_file.hpp"
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

/// A .npy file whose size fits its header exactly. Throws error (malformed_input).
class npy_file {
 public:
  explicit npy_file(const std::string& path);
  [[nodiscard]] const npy_header& header() const noexcept { return header_; }
  [[nodiscard]] const input_file& file() const noexcept { return file_; }
  [[nodiscard]] const std::string& path() const noexcept { return file_.path(); }

 private:
  input_file file_;
  npy_header header_;
};

/// Scores in an n x K array of float16, float32 or float64 in C order; rows come without keys. `one_column`: an array
/// of n is one of n x 1. Throws error (shape_mismatch, unsupported, malformed_input).
class npy_scores final : public row_reader {
 public:
  explicit npy_scores(const std::string& path, bool one_column = false);
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
  std::size_t read(std::size_t at_most, batch_buffers& into, row_keys& keys) override;
  [[nodiscard]] std::optional<std::uint64_t> rows() const override { return rows_; }
  [[nodiscard]] std::uint64_t bytes_read() const override;

 private:
  npy_file npy_;
  score_type type_;
  std::uint64_t rows_ = 0;
  std::size_t columns_ = 0;
  std::uint64_t next_ = 0;
};

/// Labels or correctness in an array of n integers, booleans or texts, or the shares of soft labels in one of n x K
/// numbers if there are K = `classes`. Floats are refused otherwise (error invalid_labels), objects are never read
/// (unsupported).
[[nodiscard]] std::unique_ptr<row_reader> open_npy_labels(const std::string& path,
                                                          truth_kind truth = truth_kind::labels,
                                                          std::size_t classes = 0);

}  // namespace calibrant::io
