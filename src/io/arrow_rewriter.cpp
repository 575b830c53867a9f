#include <array>
#include <exception>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>
#include <calibrant/io/atomic_file.hpp>

#include "io/detail/parquet_library.hpp"
#include "io/detail/score_rewriters.hpp"

namespace calibrant::io {
namespace {

/// What the plugin calls back; an exception waits here until the plugin has returned.
struct plugin_context {
  calibrated_stream& rows;
  const score_places& places;
  atomic_file& file;
  std::exception_ptr failure;

  int write(std::string_view bytes) noexcept {
    try {
      file.write(bytes);
      return 0;
    } catch (...) {
      failure = std::current_exception();
      return 1;
    }
  }

  int fill(std::int64_t wanted, double* to) noexcept {
    try {
      const std::size_t K = rows.columns();
      std::vector<double> row(K);
      for (std::int64_t done = 0; done < wanted;) {
        const auto ready = static_cast<std::int64_t>(rows.available());
        if (ready == 0) throw error(error_code::internal, "fewer calibrated rows than rows of the file");
        const std::int64_t count = std::min(ready, wanted - done);
        if (places.only_class < K) {
          for (std::int64_t i = 0; i < count; ++i) {
            rows.take(1, row.data());
            *to++ = row[places.only_class];
          }
        } else {
          rows.take(static_cast<std::size_t>(count), to);
          to += static_cast<std::size_t>(count) * K;
        }
        done += count;
      }
      return 0;
    } catch (...) {
      failure = std::current_exception();
      return 1;
    }
  }
};

int next_rows(void* context, std::int64_t rows, double* to) {
  return static_cast<plugin_context*>(context)->fill(rows, to);
}
int write_bytes(void* context, const char* bytes, std::size_t count) {
  return static_cast<plugin_context*>(context)->write({bytes, count});
}

int plugin_format(file_format format) {
  return format == file_format::parquet ? static_cast<int>(arrow_file_kind::parquet)
         : format == file_format::csv   ? static_cast<int>(arrow_file_kind::csv)
                                        : static_cast<int>(arrow_file_kind::ipc);
}

}  // namespace

void rewrite_arrow(const std::string& from, file_format from_format, const std::string& to, file_format to_format,
                   const score_places& places, calibrated_stream& rows) {
  const parquet_library& library = load_parquet_library(from);
  std::vector<int> columns;
  for (const std::size_t column : places.columns) columns.push_back(static_cast<int>(column));
  const std::size_t numbers = places.only_class < rows.columns() ? 1 : rows.columns();
  atomic_file file(to);
  plugin_context context{rows, places, file, nullptr};
  std::array<char, 1024> message{};
  const int failed =
      library.rewrite(from.c_str(), plugin_format(from_format), plugin_format(to_format), columns.data(),
                      columns.size(), numbers, &next_rows, &write_bytes, &context, message.data(), message.size());
  if (context.failure) std::rethrow_exception(context.failure);
  if (failed != 0)
    throw error(error_code::unwritable_output,
                fmt::format("{}: cannot write {} in this format ({}), expected columns that it can hold; choose "
                            "another extension",
                            to, from, message.data()));
  file.commit();
}

}  // namespace calibrant::io
