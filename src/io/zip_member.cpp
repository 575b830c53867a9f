#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <zlib.h>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>

#include "io/detail/zip_archive.hpp"

namespace calibrant::io {
namespace {

constexpr std::size_t window_bytes = std::size_t{64} << 10;  // packed bytes read at a time

/// What stored and deflated members have in common: they are as long as the directory says and have its CRC-32.
class member_stream : public byte_stream {
 public:
  member_stream(std::shared_ptr<const input_file> file, zip_member member, std::string name)
      : file_(std::move(file)), member_(std::move(member)), name_(std::move(name)) {}

  [[nodiscard]] const std::string& name() const noexcept final { return name_; }
  [[nodiscard]] std::uint64_t size() const noexcept final { return member_.size; }
  [[nodiscard]] std::uint64_t position() const noexcept final { return position_; }

  void read_exactly(void* to, std::size_t bytes) final {
    if (bytes > member_.size - position_)
      damaged(fmt::format("the member ends at its byte {}, expected {} more bytes", member_.size,
                          bytes - (member_.size - position_)));
    auto* const out = static_cast<unsigned char*>(to);
    unpack(out, bytes);
    for (std::size_t done = 0; done < bytes;) {  // zlib counts in unsigned int
      const std::size_t part = std::min<std::size_t>(bytes - done, std::numeric_limits<uInt>::max());
      crc_ = ::crc32(crc_, out + done, static_cast<uInt>(part));
      done += part;
    }
    position_ += bytes;
    if (position_ < member_.size) return;
    check_end();
    if (crc_ != member_.crc32)
      damaged(fmt::format("the CRC-32 of the member is {:08x}, expected {:08x}", crc_, member_.crc32));
  }

 protected:
  virtual void unpack(unsigned char* to, std::size_t bytes) = 0;
  /// Whether the packed bytes end with the last unpacked one.
  virtual void check_end() {}

  /// `consumed` packed bytes have been used.
  [[noreturn]] void damaged(const std::string& reason) const {
    throw error(error_code::malformed_input, fmt::format("{}: damaged at byte {}: {}; save the archive again", name_,
                                                         member_.data_offset + packed_bytes_read(), reason));
  }
  [[nodiscard]] virtual std::uint64_t packed_bytes_read() const noexcept = 0;

  [[nodiscard]] const input_file& file() const noexcept { return *file_; }
  [[nodiscard]] const zip_member& member() const noexcept { return member_; }

 private:
  std::shared_ptr<const input_file> file_;
  zip_member member_;
  std::string name_;
  std::uint64_t position_ = 0;
  uLong crc_ = 0;
};

class stored_member final : public member_stream {
 public:
  using member_stream::member_stream;
  [[nodiscard]] std::uint64_t bytes_of_file() const noexcept override { return position(); }

 private:
  void unpack(unsigned char* to, std::size_t bytes) override {
    file().read_exactly(to, bytes, member().data_offset + position());
  }
  [[nodiscard]] std::uint64_t packed_bytes_read() const noexcept override { return position(); }
};

class deflated_member final : public member_stream {
 public:
  deflated_member(std::shared_ptr<const input_file> file, zip_member member, std::string name)
      : member_stream(std::move(file), std::move(member), std::move(name)) {
    if (::inflateInit2(&zlib_, -MAX_WBITS) != Z_OK)  // negative: without zlib's own header
      throw error(error_code::internal, fmt::format("{}: zlib cannot begin to unpack", this->name()));
  }
  ~deflated_member() override { ::inflateEnd(&zlib_); }

  [[nodiscard]] std::uint64_t bytes_of_file() const noexcept override { return packed_bytes_read(); }

 private:
  void unpack(unsigned char* to, std::size_t bytes) override {
    while (bytes > 0) {
      const auto part = static_cast<uInt>(std::min<std::size_t>(bytes, std::numeric_limits<uInt>::max()));
      zlib_.next_out = to;
      zlib_.avail_out = part;
      while (zlib_.avail_out > 0) {
        if (ended_) damaged("the packed data end before the member is complete");
        step();
      }
      to += part;
      bytes -= part;
    }
  }

  void check_end() override {
    unsigned char beyond = 0;
    zlib_.next_out = &beyond;
    zlib_.avail_out = 1;
    while (!ended_ && zlib_.avail_out > 0) step();
    if (zlib_.avail_out == 0) damaged("the packed data go on beyond the length of the member");
    if (packed_bytes_read() != member().packed_size)
      damaged(
          fmt::format("the packed data end after {} bytes, expected {}", packed_bytes_read(), member().packed_size));
  }

  void step() {
    if (zlib_.avail_in == 0) {
      const std::size_t more =
          static_cast<std::size_t>(std::min<std::uint64_t>(window_bytes, member().packed_size - fetched_));
      if (more == 0) damaged("the packed data are cut short");
      file().read_exactly(window_.data(), more, member().data_offset + fetched_);
      fetched_ += more;
      zlib_.next_in = window_.data();
      zlib_.avail_in = static_cast<uInt>(more);
    }
    const int result = ::inflate(&zlib_, Z_NO_FLUSH);
    ended_ = result == Z_STREAM_END;
    if (result == Z_MEM_ERROR) throw error(error_code::unsupported, name() + ": there is no memory to unpack it");
    if (result != Z_OK && !ended_)
      damaged(fmt::format("the packed data are broken ({})", zlib_.msg == nullptr ? "no reason given" : zlib_.msg));
  }

  [[nodiscard]] std::uint64_t packed_bytes_read() const noexcept override { return fetched_ - zlib_.avail_in; }

  z_stream zlib_{};
  std::array<unsigned char, window_bytes> window_;
  std::uint64_t fetched_ = 0;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<byte_stream> zip_archive::open(const zip_member& member, std::string name) const {
  if (member.method == 0) return std::make_unique<stored_member>(file_, member, std::move(name));
  return std::make_unique<deflated_member>(file_, member, std::move(name));
}

}  // namespace calibrant::io
