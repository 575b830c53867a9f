#include "io/detail/zip_archive.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>

#include "io/detail/little_endian.hpp"

namespace calibrant::io {
namespace {

// Records of the format and their fixed lengths; offsets into them below are those of the APPNOTE.
constexpr std::string_view end_signature = "PK\x05\x06";
constexpr std::string_view zip64_end_signature = "PK\x06\x06";
constexpr std::string_view zip64_locator_signature = "PK\x06\x07";
constexpr std::string_view entry_signature = "PK\x01\x02";
constexpr std::string_view header_signature = "PK\x03\x04";
constexpr std::size_t end_bytes = 22;
constexpr std::size_t zip64_end_bytes = 56;
constexpr std::size_t zip64_locator_bytes = 20;
constexpr std::size_t entry_bytes = 46;
constexpr std::size_t header_bytes = 30;
constexpr std::size_t longest_comment = 65535;
constexpr std::uint64_t largest_directory = std::uint64_t{64} << 20;

constexpr std::uint16_t in_zip64_16 = 0xffff;
constexpr std::uint32_t in_zip64_32 = 0xffffffff;
constexpr std::uint16_t zip64_field = 1;

std::uint16_t u16(std::string_view bytes, std::size_t at) { return number_from<std::uint16_t>(bytes.data() + at); }
std::uint32_t u32(std::string_view bytes, std::size_t at) { return number_from<std::uint32_t>(bytes.data() + at); }
std::uint64_t u64(std::string_view bytes, std::size_t at) { return number_from<std::uint64_t>(bytes.data() + at); }

/// The zip64 field among the extra fields of an entry; empty without one.
std::string_view find_zip64_field(std::string_view extra) {
  while (extra.size() >= 4) {
    const std::size_t length = std::min<std::size_t>(u16(extra, 2), extra.size() - 4);
    if (u16(extra, 0) == zip64_field) return extra.substr(4, length);
    extra.remove_prefix(4 + length);
  }
  return {};
}

}  // namespace

zip_archive::zip_archive(const std::string& path) : file_(std::make_shared<const input_file>(path)) {
  read_directory(find_directory());
}

void zip_archive::damaged(std::uint64_t offset, const std::string& reason) const {
  throw error(error_code::malformed_input,
              fmt::format("{}: damaged at byte {}: {}; save the archive again", path(), offset, reason));
}

std::string zip_archive::bytes(std::uint64_t offset, std::size_t count, const char* what) const {
  if (offset > size() || size() - offset < count)
    damaged(offset, fmt::format("{} should have {} bytes, but the file ends at byte {}", what, count, size()));
  std::string result(count, '\0');
  file_->read_exactly(result.data(), count, offset);
  return result;
}

zip_archive::directory_place zip_archive::find_directory() const {
  const std::size_t tail_bytes = static_cast<std::size_t>(std::min<std::uint64_t>(size(), end_bytes + longest_comment));
  const std::uint64_t tail_offset = size() - tail_bytes;
  const std::string tail = bytes(tail_offset, tail_bytes, "the end of the archive");
  const auto is_end = [&](std::size_t at) {
    return tail.compare(at, end_signature.size(), end_signature) == 0 &&
           u16(tail, at + 20) == tail_bytes - at - end_bytes;
  };
  std::size_t at = tail_bytes < end_bytes ? 0 : tail_bytes - end_bytes + 1;
  while (at > 0 && !is_end(at - 1)) --at;
  if (at == 0) damaged(0, "no directory ends the file, as it does in a zip archive; it is none, or was cut short");
  --at;
  const std::uint64_t end_record = tail_offset + at;
  const directory_place place{.offset = u32(tail, at + 16), .size = u32(tail, at + 12), .entries = u16(tail, at + 10)};
  if (place.offset == in_zip64_32 || place.size == in_zip64_32 || place.entries == in_zip64_16)
    return find_zip64_directory(end_record);
  if (u16(tail, at + 4) != 0 || u16(tail, at + 6) != 0 || u16(tail, at + 8) != place.entries)
    damaged(end_record, "the archive is one of several parts, expected a single file");
  if (place.offset + place.size != end_record)
    damaged(end_record, fmt::format("the directory should end here, but goes from byte {} to {}", place.offset,
                                    place.offset + place.size));
  return place;
}

zip_archive::directory_place zip_archive::find_zip64_directory(std::uint64_t end_record) const {
  if (end_record < zip64_locator_bytes) damaged(end_record, "there is no room for the zip64 record before it");
  const std::uint64_t locator_offset = end_record - zip64_locator_bytes;
  const std::string locator = bytes(locator_offset, zip64_locator_bytes, "the zip64 locator");
  if (!locator.starts_with(zip64_locator_signature)) damaged(locator_offset, "expected a zip64 locator");
  const std::uint64_t offset = u64(locator, 8);
  const std::string record = bytes(offset, zip64_end_bytes, "the zip64 record");
  if (!record.starts_with(zip64_end_signature)) damaged(offset, "expected a zip64 record");
  if (u32(record, 16) != 0 || u32(record, 20) != 0 || u64(record, 24) != u64(record, 32))
    damaged(offset, "the archive is one of several parts, expected a single file");
  const directory_place place{.offset = u64(record, 48), .size = u64(record, 40), .entries = u64(record, 32)};
  if (place.offset > offset || offset - place.offset != place.size)
    damaged(offset,
            fmt::format("the directory should end here, but has {} bytes from byte {} on", place.size, place.offset));
  return place;
}

void zip_archive::read_directory(const directory_place& place) {
  if (place.size > largest_directory)
    throw error(error_code::unsupported,
                fmt::format("{}: the directory of the archive has {} bytes, expected at most {} MiB; save fewer arrays",
                            path(), place.size, largest_directory >> 20));
  const std::string directory = bytes(place.offset, static_cast<std::size_t>(place.size), "the directory");
  std::unordered_set<std::string_view> names;
  std::size_t at = 0;
  members_.reserve(static_cast<std::size_t>(std::min(place.entries, place.size / entry_bytes)));
  for (std::uint64_t i = 0; i < place.entries; ++i) {
    const std::uint64_t entry_offset = place.offset + at;
    const std::string_view entry = std::string_view(directory).substr(at);
    if (entry.size() < entry_bytes || !entry.starts_with(entry_signature))
      damaged(entry_offset, fmt::format("expected entry {} of {} of the directory", i + 1, place.entries));
    const std::size_t name_bytes = u16(entry, 28);
    const std::size_t extra_bytes = u16(entry, 30);
    const std::size_t length = entry_bytes + name_bytes + extra_bytes + u16(entry, 32);
    if (length > entry.size()) damaged(entry_offset, fmt::format("entry {} goes beyond the directory", i + 1));
    zip_member member{.name = std::string(entry.substr(entry_bytes, name_bytes)),
                      .method = u16(entry, 10),
                      .crc32 = u32(entry, 16),
                      .packed_size = u32(entry, 20),
                      .size = u32(entry, 24)};
    std::uint64_t header = u32(entry, 42);
    // Each number that does not fit its place stands in the zip64 field, in this order.
    std::string_view wide = find_zip64_field(entry.substr(entry_bytes + name_bytes, extra_bytes));
    for (std::uint64_t* const number : {&member.size, &member.packed_size, &header}) {
      if (*number != in_zip64_32) continue;
      if (wide.size() < 8) damaged(entry_offset, fmt::format("entry {} lacks its zip64 field", i + 1));
      *number = u64(wide, 0);
      wide.remove_prefix(8);
    }
    if ((u16(entry, 8) & 1) != 0)
      throw error(error_code::unsupported, fmt::format("{}: \"{}\" is encrypted, expected plain members; save the "
                                                       "archive without a password",
                                                       path(), member.name));
    if (member.method != 0 && member.method != 8)
      throw error(error_code::unsupported,
                  fmt::format("{}: \"{}\" is packed by method {}, expected stored or deflated members; save it with "
                              "numpy.savez or numpy.savez_compressed",
                              path(), member.name, member.method));
    if (member.method == 0 && member.packed_size != member.size)
      damaged(entry_offset, fmt::format("\"{}\" is stored, but has {} bytes packed and {} unpacked", member.name,
                                        member.packed_size, member.size));
    place_data(member, header, place.offset);
    members_.push_back(std::move(member));
    at += length;
  }
  if (at != directory.size()) damaged(place.offset + at, "something follows the last entry of the directory");
  for (const zip_member& member : members_)
    if (!names.insert(member.name).second)
      damaged(place.offset, fmt::format("two members are named \"{}\", expected each name once", member.name));
}

void zip_archive::place_data(zip_member& member, std::uint64_t header, std::uint64_t limit) const {
  if (header > limit || limit - header < header_bytes)
    damaged(header, fmt::format("\"{}\" should begin here, which is no place before the directory", member.name));
  const std::string local = bytes(header, header_bytes, "a member");
  if (!local.starts_with(header_signature))
    damaged(header, fmt::format("\"{}\" should begin here, but its header does not", member.name));
  const std::size_t name_bytes = u16(local, 26);
  member.data_offset = header + header_bytes + name_bytes + u16(local, 28);
  if (name_bytes != member.name.size() || u16(local, 8) != member.method ||
      bytes(header + header_bytes, name_bytes, "a name") != member.name)
    damaged(header, fmt::format("the header names another member than the directory, which says \"{}\"", member.name));
  if (member.data_offset > limit || limit - member.data_offset < member.packed_size)
    damaged(header, fmt::format("\"{}\" has {} bytes from byte {} on, which end beyond the directory's beginning at {}",
                                member.name, member.packed_size, member.data_offset, limit));
}

}  // namespace calibrant::io
