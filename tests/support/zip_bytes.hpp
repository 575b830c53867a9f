#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace calibrant::testing {

struct zip_entry {
  std::string name;
  std::string content;
  bool deflated = false;  ///< in stored blocks of deflate, which need no compressor
  bool zip64 = false;     ///< sizes and offset stand in the zip64 field
};

template <class Number>
[[nodiscard]] std::string little_endian(Number number) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    bytes += static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * i) & 0xff);
  return bytes;
}

/// CRC-32 of the zip format, bit by bit (reflected polynomial 0xEDB88320).
[[nodiscard]] inline std::uint32_t crc_of(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
  }
  return ~crc;
}

/// RFC 1951, section 3.2.4: blocks of at most 65535 bytes as they are.
[[nodiscard]] inline std::string deflate_stored(std::string_view content) {
  std::string packed;
  do {
    const std::string_view block = content.substr(0, 65535);
    content.remove_prefix(block.size());
    const auto length = static_cast<std::uint16_t>(block.size());
    packed += content.empty() ? '\1' : '\0';
    packed += little_endian(length) + little_endian(static_cast<std::uint16_t>(~length)) + std::string(block);
  } while (!content.empty());
  return packed;
}

/// A zip archive after PKWARE's APPNOTE 6.3, with zip64 records at its end if an entry has a zip64 field.
[[nodiscard]] inline std::string zip_bytes(const std::vector<zip_entry>& entries) {
  const auto u16 = [](std::size_t x) { return little_endian(static_cast<std::uint16_t>(x)); };
  const auto u32 = [](std::size_t x) { return little_endian(static_cast<std::uint32_t>(x)); };
  const auto u64 = [](std::size_t x) { return little_endian(static_cast<std::uint64_t>(x)); };
  std::string archive;
  std::string directory;
  bool zip64 = false;
  for (const zip_entry& entry : entries) {
    zip64 = zip64 || entry.zip64;
    const std::string packed = entry.deflated ? deflate_stored(entry.content) : entry.content;
    const std::string common = u16(0) + u16(entry.deflated ? 8 : 0) + u32(0) + u32(crc_of(entry.content));
    const std::string sizes =
        entry.zip64 ? u32(0xffffffff) + u32(0xffffffff) : u32(packed.size()) + u32(entry.content.size());
    const std::string wide = u64(entry.content.size()) + u64(packed.size());
    const std::size_t offset = archive.size();
    const std::string local_extra = entry.zip64 ? u16(1) + u16(16) + wide : "";
    const std::string extra = entry.zip64 ? u16(0x7075) + u16(1) + "x" + u16(1) + u16(24) + wide + u64(offset) : "";
    archive += "PK\3\4" + u16(45) + common + sizes + u16(entry.name.size()) + u16(local_extra.size()) + entry.name +
               local_extra + packed;
    directory += "PK\1\2" + u16(45) + u16(45) + common + sizes + u16(entry.name.size()) + u16(extra.size()) + u16(0) +
                 u16(0) + u16(0) + u32(0) + u32(entry.zip64 ? 0xffffffff : offset) + entry.name + extra;
  }
  const std::size_t start = archive.size();
  archive += directory;
  if (zip64) {
    const std::size_t record = archive.size();
    archive += "PK\6\6" + u64(44) + u16(45) + u16(45) + u32(0) + u32(0) + u64(entries.size()) + u64(entries.size()) +
               u64(directory.size()) + u64(start);
    archive += "PK\6\7" + u32(0) + u64(record) + u32(1);
  }
  const std::size_t count = zip64 ? 0xffff : entries.size();
  return archive + "PK\5\6" + u16(0) + u16(0) + u16(count) + u16(count) +
         (zip64 ? u32(0xffffffff) + u32(0xffffffff) : u32(directory.size()) + u32(start)) + u16(0);
}

}  // namespace calibrant::testing
