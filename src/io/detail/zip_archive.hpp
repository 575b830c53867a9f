#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "io/detail/byte_stream.hpp"
#include "io/detail/input_file.hpp"

namespace calibrant::io {

/// A file inside a zip archive, as the central directory describes it.
struct zip_member {
  std::string name;
  std::uint16_t method = 0;  ///< 0: stored, 8: deflated
  std::uint32_t crc32 = 0;
  std::uint64_t packed_size = 0;
  std::uint64_t size = 0;
  std::uint64_t data_offset = 0;  ///< of its packed bytes in the file
};

/// A zip archive (PKWARE's APPNOTE 6.3, zip64 included) of stored or deflated members, in one file that holds nothing
/// else. Everything that the directory says is checked against the file before a member is read, and a member's bytes
/// against its length and CRC-32 while it is. Memory: the directory, and one window of 64 KiB for each open member.
class zip_archive {
 public:
  /// Throws error (malformed_input) with byte offset and reason, (unsupported) on encrypted members or other methods.
  explicit zip_archive(const std::string& path);

  [[nodiscard]] const std::string& path() const noexcept { return file_->path(); }
  [[nodiscard]] std::uint64_t size() const noexcept { return file_->size(); }
  [[nodiscard]] const std::vector<zip_member>& members() const noexcept { return members_; }

  /// The unpacked bytes of a member; may outlive the archive. `name` is what messages call it. Reading its last byte
  /// checks the CRC-32.
  [[nodiscard]] std::unique_ptr<byte_stream> open(const zip_member& member, std::string name) const;

 private:
  struct directory_place {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t entries = 0;
  };
  [[noreturn]] void damaged(std::uint64_t offset, const std::string& reason) const;
  [[nodiscard]] std::string bytes(std::uint64_t offset, std::size_t count, const char* what) const;
  [[nodiscard]] directory_place find_directory() const;
  [[nodiscard]] directory_place find_zip64_directory(std::uint64_t end_record) const;
  void read_directory(const directory_place& place);
  void place_data(zip_member& member, std::uint64_t header, std::uint64_t limit) const;

  std::shared_ptr<const input_file> file_;
  std::vector<zip_member> members_;
};

}  // namespace calibrant::io
