#include <fmt/format.h>
#include <calibrant/io/atomic_file.hpp>

#include "io/detail/npy_file.hpp"
#include "io/detail/score_rewriters.hpp"

namespace calibrant::io {
namespace {

/// A header of version 1.0, padded so that the items begin at a multiple of 64 bytes.
std::string npy_header_text(const char* type, const std::vector<std::uint64_t>& shape) {
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", type,
                                 fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  constexpr std::size_t fixed = 10;  // magic, version, length
  text.append(63 - (fixed + text.size()) % 64, ' ');
  text += '\n';
  const auto length = static_cast<std::uint16_t>(text.size());
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(length & 0xff);
  header += static_cast<char>(length >> 8);
  return header + text;
}

template <class T>
void write_rows(atomic_file& file, const score_places& places, calibrated_stream& rows) {
  std::vector<T> p;
  const std::size_t K = rows.columns();
  for (std::size_t n; (n = rows.available()) > 0;) {
    p.resize(n * K);
    rows.take(n, p.data());
    if (places.only_class < K) {
      for (std::size_t i = 0; i < n; ++i) p[i] = p[i * K + places.only_class];
      p.resize(n);
    }
    file.write({reinterpret_cast<const char*>(p.data()), p.size() * sizeof(T)});
  }
}

}  // namespace

void rewrite_npy(const std::string& from, const std::string& to, const score_places& places, calibrated_stream& rows) {
  const std::vector<std::uint64_t> shape = npy_array(open_file_stream(from)).header().shape;
  atomic_file file(to);
  static_cast<void>(rows.available());  // the first rows say of which type they are
  file.write(npy_header_text(rows.wide() ? "<f8" : "<f4", shape));
  if (rows.wide())
    write_rows<double>(file, places, rows);
  else
    write_rows<float>(file, places, rows);
  file.commit();
}

}  // namespace calibrant::io
