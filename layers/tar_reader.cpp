#include "layers/tar_reader.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <string_view>

#include "runtime/base/error.hpp"

namespace layers {
namespace {

constexpr std::size_t buffer_bytes = 256 * 1024;
constexpr std::size_t header_bytes = 512;
constexpr std::size_t checksum_offset = 148;
constexpr std::size_t checksum_bytes = 8;

TarType type_of(archive_entry* found) {
    if (archive_entry_hardlink(found) != nullptr) return TarType::hard_link;
    switch (archive_entry_filetype(found)) {
        case AE_IFREG:
            return TarType::file;
        case AE_IFDIR:
            return TarType::folder;
        case AE_IFLNK:
            return TarType::symbolic_link;
        case AE_IFCHR:
            return TarType::character_device;
        case AE_IFBLK:
            return TarType::block_device;
        case AE_IFIFO:
            return TarType::fifo;
        default:
            throw runtime::Error("{} is of a type that tar does not have",
                                 runtime::quoted(archive_entry_pathname(found)));
    }
}

std::string text_of(const char* text) {
    return text != nullptr ? text : "";
}

/// Numbers that must not be negative; libarchive passes on what the stream says.
std::uint64_t positive(std::int64_t number, const char* what, const std::string& path) {
    if (number < 0) throw runtime::Error("the {} of {} is negative", what, runtime::quoted(path));
    return static_cast<std::uint64_t>(number);
}

}  // namespace

void TarReader::Releaser::operator()(archive* handle) const noexcept {
    archive_read_free(handle);
}

TarReader::TarReader(runtime::Source& source) : source_(source), buffer_(buffer_bytes), archive_(archive_read_new()) {
    if (!archive_) throw runtime::Error("cannot start reading a tar stream: out of memory");
    archive* const handle = archive_.get();
    // An archive of no entries may be empty altogether, which is a format of its own to libarchive.
    if (archive_read_support_format_tar(handle) != ARCHIVE_OK ||
        archive_read_support_format_empty(handle) != ARCHIVE_OK)
        fail("cannot start reading a tar stream");
    if (archive_read_open(handle, this, nullptr, read_callback, nullptr) != ARCHIVE_OK)
        fail("cannot read the tar stream");
}

const TarEntry* TarReader::next() {
    archive_entry* found = nullptr;
    const int result = archive_read_next_header(archive_.get(), &found);
    // libarchive takes a source that fails before its first header for an empty archive.
    if (source_error_) fail("cannot read the tar stream");
    if (result == ARCHIVE_EOF) return nullptr;
    // A warning is about a name that is not in the locale's characters, which are passed on as they are.
    if (result != ARCHIVE_OK && result != ARCHIVE_WARN) fail("cannot read the tar stream");
    take(found);
    return &entry_;
}

void TarReader::take(archive_entry* found) {
    entry_.path = text_of(archive_entry_pathname(found));
    entry_.type = type_of(found);
    entry_.mode = archive_entry_perm(found);
    entry_.uid = positive(archive_entry_uid(found), "owner", entry_.path);
    entry_.gid = positive(archive_entry_gid(found), "group", entry_.path);
    entry_.size = entry_.type == TarType::file ? positive(archive_entry_size(found), "size", entry_.path) : 0;
    entry_.mtime = {archive_entry_mtime(found), archive_entry_mtime_nsec(found)};
    entry_.link_target =
        text_of(entry_.type == TarType::hard_link ? archive_entry_hardlink(found) : archive_entry_symlink(found));
    entry_.device_major = static_cast<unsigned>(archive_entry_rdevmajor(found));
    entry_.device_minor = static_cast<unsigned>(archive_entry_rdevminor(found));
    content_end_ = 0;

    entry_.xattrs.clear();
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    archive_entry_xattr_reset(found);
    while (archive_entry_xattr_next(found, &name, &value, &size) == ARCHIVE_OK)
        entry_.xattrs.emplace_back(name, std::string(static_cast<const char*>(value), size));
    std::sort(entry_.xattrs.begin(), entry_.xattrs.end());
}

std::optional<TarReader::Piece> TarReader::next_piece() {
    const void* data = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int result = archive_read_data_block(archive_.get(), &data, &size, &offset);
    if (source_error_) fail("cannot read the tar stream");
    if (result == ARCHIVE_EOF) return std::nullopt;
    if (result != ARCHIVE_OK) fail("cannot read the tar stream");
    const auto begin = static_cast<std::uint64_t>(offset);
    // The maps of sparse files come from the stream too.
    if (offset < 0 || begin < content_end_ || begin > entry_.size || size > entry_.size - begin)
        throw runtime::Error("the content of {} is not where its size allows", runtime::quoted(entry_.path));
    content_end_ = begin + size;
    return Piece{{static_cast<const std::byte*>(data), size}, begin};
}

void TarReader::drain() {
    while (source_.read(buffer_) != 0) continue;
}

std::int64_t TarReader::read_callback(archive*, void* self, const void** buffer) {
    return static_cast<TarReader*>(self)->fill(buffer);
}

std::int64_t TarReader::fill(const void** buffer) {
    try {
        *buffer = buffer_.data();
        const std::size_t count = source_.read(buffer_);
        guard_.feed(runtime::Bytes(buffer_).first(count));
        return static_cast<std::int64_t>(count);
    } catch (...) {
        // No exception may pass through C; fail() throws it again.
        source_error_ = std::current_exception();
        archive_set_error(archive_.get(), EIO, "the source failed");
        return -1;
    }
}

void TarReader::fail(const char* act) {
    if (source_error_) std::rethrow_exception(source_error_);
    const char* const reason = archive_error_string(archive_.get());
    throw runtime::Error("{}: {}", act, reason != nullptr ? reason : "unknown reason");
}

bool is_tar_header(runtime::Bytes block) noexcept {
    if (block.size() < header_bytes) return false;
    unsigned sum = 0;
    int signed_sum = 0;  // some old writers counted the bytes as signed ones
    for (std::size_t i = 0; i < header_bytes; ++i) {
        const bool in_field = i >= checksum_offset && i < checksum_offset + checksum_bytes;
        const auto byte = in_field ? std::byte{' '} : block[i];
        sum += std::to_integer<unsigned>(byte);
        signed_sum += static_cast<signed char>(byte);
    }
    const std::string_view field(reinterpret_cast<const char*>(block.data()) + checksum_offset, checksum_bytes);
    unsigned said = 0;
    const std::size_t begin = field.find_first_not_of(' ');
    if (begin == std::string_view::npos || field[begin] < '0' || field[begin] > '7') return false;
    for (std::size_t i = begin; i < field.size() && field[i] >= '0' && field[i] <= '7'; ++i)
        said = said * 8 + static_cast<unsigned>(field[i] - '0');
    return said == sum || static_cast<int>(said) == signed_sum;
}

}  // namespace layers
