#include "layers/tar_writer.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <string_view>

#include "runtime/base/error.hpp"

namespace layers {
namespace {

constexpr std::size_t block_bytes = 512;
/// Small enough for the second-level cache: what was read is still there when it is hashed.
constexpr std::size_t buffer_bytes = 256 * 1024;
constexpr std::size_t largest_room_bytes = 64 * 1024;

/// The header block of ustar (POSIX.1-1988).
struct Header {
    char name[100];
    char mode[8];
    char uid[8];
    char gid[8];
    char size[12];
    char mtime[12];
    char checksum[8];
    char type;
    char link_name[100];
    char magic[6];
    char version[2];
    char user_name[32];
    char group_name[32];
    char device_major[8];
    char device_minor[8];
    char prefix[155];
    char unused[12];
};
static_assert(sizeof(Header) == block_bytes);

/// Whether the number fits into the octal digits of a field, of which the last byte is a NUL.
constexpr bool fits(std::uint64_t number, std::size_t field_bytes) noexcept {
    return number < (std::uint64_t{1} << (3 * (field_bytes - 1)));
}

template <std::size_t size>
void put_octal(char (&field)[size], std::uint64_t number) noexcept {
    for (std::size_t digit = size - 1; digit-- > 0; number >>= 3) field[digit] = static_cast<char>('0' + (number & 7));
    field[size - 1] = '\0';
}

/// A number that does not fit stands in a PAX record, and the field is zero.
template <std::size_t size>
void put_octal_if_fits(char (&field)[size], std::uint64_t number) noexcept {
    put_octal(field, fits(number, size) ? number : 0);
}

template <std::size_t size>
void put_text(char (&field)[size], std::string_view text) noexcept {
    std::memcpy(field, text.data(), std::min(text.size(), size));
}

void put_checksum(Header& header) noexcept {
    std::memset(header.checksum, ' ', sizeof header.checksum);
    unsigned sum = 0;
    for (const unsigned char byte : std::span(reinterpret_cast<const unsigned char*>(&header), sizeof header))
        sum += byte;
    // Six digits, NUL, space: the form that all writers use.
    for (std::size_t digit = 6; digit-- > 0; sum >>= 3) header.checksum[digit] = static_cast<char>('0' + (sum & 7));
    header.checksum[6] = '\0';
}

Header make_header(std::string_view name, char type, std::uint64_t size) noexcept {
    Header header{};
    put_text(header.name, name);
    put_octal(header.mode, 0);
    put_octal(header.uid, 0);
    put_octal(header.gid, 0);
    put_octal_if_fits(header.size, size);
    put_octal(header.mtime, 0);
    header.type = type;
    std::memcpy(header.magic, "ustar", 6);
    std::memcpy(header.version, "00", 2);
    put_octal(header.device_major, 0);
    put_octal(header.device_minor, 0);
    return header;
}

/// "LENGTH KEY=VALUE\n", where LENGTH counts its own digits too.
void append_record(std::string& records, std::string_view key_prefix, std::string_view key, std::string_view value) {
    const std::size_t without_length = key_prefix.size() + key.size() + value.size() + 3;
    std::size_t length = without_length + 1;
    while (length != without_length + fmt::formatted_size("{}", length))
        length = without_length + fmt::formatted_size("{}", length);
    fmt::format_to(std::back_inserter(records), "{} {}{}=", length, key_prefix, key);
    records.append(value).append(1, '\n');
}

bool is_ascii(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) > 0; });
}

/// Whether the field of a name is enough for it; everything else is said by a PAX record, raw bytes included.
bool fits_name(std::string_view name) noexcept {
    return name.size() <= sizeof(Header::name) && is_ascii(name);
}

/// Seconds with as many decimals as are needed.
std::string time_text(const timespec& time) {
    if (time.tv_nsec == 0) return fmt::format("{}", time.tv_sec);
    // A time before 1970 is kept as whole seconds below it and nanoseconds above those; the decimal text is the sum.
    const bool negative = time.tv_sec < 0;
    const auto seconds = negative ? -(time.tv_sec + 1) : time.tv_sec;
    const auto nanoseconds = negative ? 1'000'000'000 - time.tv_nsec : time.tv_nsec;
    std::string text = fmt::format("{}{}.{:09}", negative ? "-" : "", seconds, nanoseconds);
    text.erase(text.find_last_not_of('0') + 1);
    return text;
}

bool fits_time(const timespec& time) noexcept {
    return time.tv_nsec == 0 && time.tv_sec >= 0 &&
           fits(static_cast<std::uint64_t>(time.tv_sec), sizeof(Header::mtime));
}

std::string make_records(const TarEntry& entry, std::string_view name) {
    std::string records;
    if (!fits_name(name)) append_record(records, "", "path", name);
    if (!fits_name(entry.link_target)) append_record(records, "", "linkpath", entry.link_target);
    if (!fits(entry.size, sizeof(Header::size))) append_record(records, "", "size", fmt::format("{}", entry.size));
    if (!fits(entry.uid, sizeof(Header::uid))) append_record(records, "", "uid", fmt::format("{}", entry.uid));
    if (!fits(entry.gid, sizeof(Header::gid))) append_record(records, "", "gid", fmt::format("{}", entry.gid));
    if (!fits_time(entry.mtime)) append_record(records, "", "mtime", time_text(entry.mtime));
    for (const auto& [key, value] : entry.xattrs) append_record(records, "SCHILY.xattr.", key, value);
    return records;
}

Header make_header(const TarEntry& entry, std::string_view name) noexcept {
    Header header = make_header(name, static_cast<char>(entry.type), entry.size);
    put_octal(header.mode, entry.mode & 07777);
    put_octal_if_fits(header.uid, entry.uid);
    put_octal_if_fits(header.gid, entry.gid);
    put_octal_if_fits(header.mtime, entry.mtime.tv_sec < 0 ? 0 : static_cast<std::uint64_t>(entry.mtime.tv_sec));
    put_text(header.link_name, entry.link_target);
    put_octal_if_fits(header.device_major, entry.device_major);
    put_octal_if_fits(header.device_minor, entry.device_minor);
    return header;
}

runtime::Bytes bytes_of(const Header& header) noexcept {
    return std::as_bytes(std::span(&header, 1));
}

std::size_t padding_after(std::uint64_t size) noexcept {
    return static_cast<std::size_t>((block_bytes - size % block_bytes) % block_bytes);
}

}  // namespace

TarWriter::TarWriter(runtime::Sink& out)
    : out_(out), buffer_(std::make_unique_for_overwrite<std::byte[]>(buffer_bytes)) {}

void TarWriter::begin(const TarEntry& entry) {
    if (content_left_ != 0)
        throw runtime::Error("{} bytes are missing before {}", content_left_, runtime::quoted(entry.path));
    std::string name = entry.path;
    if (entry.type == TarType::folder && !name.ends_with('/')) name += '/';
    if (const std::string records = make_records(entry, name); !records.empty()) {
        Header header = make_header("././@PaxHeader", 'x', records.size());
        put_checksum(header);
        append(bytes_of(header));
        append(std::as_bytes(std::span(records)));
        append_zeros(padding_after(records.size()));
    }
    Header header = make_header(entry, name);
    put_checksum(header);
    append(bytes_of(header));
    content_left_ = entry.size;
}

void TarWriter::write(runtime::Bytes content) {
    if (content.size() > content_left_) throw runtime::Error("an entry got more content than its size says");
    append(content);
    content_left_ -= content.size();
    pad();
}

void TarWriter::write_zeros(std::uint64_t count) {
    while (count > 0) {
        const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(count, largest_room_bytes));
        const auto place = room(part).first(part);
        std::memset(place.data(), 0, place.size());
        advance(part);
        count -= part;
    }
}

std::span<std::byte> TarWriter::room(std::size_t at_least_bytes) {
    if (buffer_bytes - used_bytes_ < at_least_bytes) flush();
    return {buffer_.get() + used_bytes_, buffer_bytes - used_bytes_};
}

void TarWriter::advance(std::size_t count) {
    if (count > content_left_) throw runtime::Error("an entry got more content than its size says");
    used_bytes_ += count;
    bytes_ += count;
    content_left_ -= count;
    pad();
}

void TarWriter::finish() {
    if (content_left_ != 0) throw runtime::Error("{} bytes of the last entry are missing", content_left_);
    append_zeros(2 * block_bytes);
    flush();
}

void TarWriter::append(runtime::Bytes bytes) {
    bytes_ += bytes.size();
    if (bytes.size() > buffer_bytes - used_bytes_) flush();
    if (bytes.size() > buffer_bytes) return out_.write(bytes);
    std::memcpy(buffer_.get() + used_bytes_, bytes.data(), bytes.size());
    used_bytes_ += bytes.size();
}

void TarWriter::append_zeros(std::size_t count) {
    static constexpr std::array<std::byte, 2 * block_bytes> zeros{};
    append(runtime::Bytes(zeros).first(count));
}

void TarWriter::flush() {
    if (used_bytes_ != 0) out_.write(runtime::Bytes(buffer_.get(), used_bytes_));
    used_bytes_ = 0;
}

void TarWriter::pad() {
    if (content_left_ == 0) append_zeros(padding_after(bytes_));
}

}  // namespace layers
