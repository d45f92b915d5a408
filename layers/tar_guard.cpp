#include "layers/tar_guard.hpp"

#include <algorithm>
#include <charconv>

#include "layers/tar_reader.hpp"
#include "runtime/base/error.hpp"

namespace layers {
namespace {

using runtime::Error;
using runtime::quoted;

constexpr std::uint64_t block_bytes = 512;
constexpr std::size_t size_offset = 124;
constexpr std::size_t size_bytes = 12;
constexpr std::size_t type_offset = 156;
constexpr std::size_t name_bytes = 100;
constexpr std::size_t sparse_map_offset = 386;
constexpr std::size_t sparse_flag_offset = 482;
constexpr std::size_t real_size_offset = 483;
constexpr std::size_t sparse_extension_flag_offset = 504;
constexpr std::uint64_t sparse_pieces_in_header = 4;
constexpr std::uint64_t sparse_pieces_in_extension = 21;

using Block = std::array<char, 512>;

/// Octal, or with the highest bit set a binary number of the rest.
std::uint64_t number_at(const Block& block, std::size_t offset, std::size_t width) {
    const std::string_view field(block.data() + offset, width);
    std::uint64_t number = 0;
    if ((static_cast<unsigned char>(field[0]) & 0x80U) != 0) {
        if (static_cast<unsigned char>(field[0]) != 0x80U) throw Error("a tar entry says that it has a negative size");
        for (const char c : field.substr(1)) {
            if ((number >> 55U) != 0) throw Error("a tar entry says that it is larger than any file");
            number = (number << 8U) | static_cast<unsigned char>(c);
        }
        return number;
    }
    std::size_t at = field.find_first_not_of(' ');
    for (; at < field.size() && field[at] >= '0' && field[at] <= '7'; ++at)
        number = number * 8 + static_cast<std::uint64_t>(field[at] - '0');
    return number;
}

bool is_extension(char type) noexcept {
    return type == 'x' || type == 'X' || type == 'g' || type == 'L' || type == 'K';
}

/// Files, links, devices, folders, FIFOs, contiguous and sparse files. What another letter is, readers disagree.
bool is_known(char type) noexcept {
    return type == '\0' || (type >= '0' && type <= '7') || type == 'S';
}

bool has_no_content(char type) noexcept {
    return type >= '1' && type <= '6';
}

std::uint64_t decimal(const std::string& text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        throw Error("a PAX header has {} where a number belongs", quoted(text));
    return number;
}

std::string text_at(const Block& block, std::size_t width) {
    return std::string(block.data(), std::find(block.data(), block.data() + width, '\0'));
}

}  // namespace

void TarGuard::feed(runtime::Bytes bytes) {
    while (!bytes.empty() && part_ != Part::end) {
        if (part_ == Part::content || part_ == Part::extension || part_ == Part::padding) {
            const std::uint64_t wanted = part_ == Part::padding ? padding_ : rest_;
            const runtime::Bytes piece = bytes.first(std::min<std::uint64_t>(wanted, bytes.size()));
            note_content(piece);
            bytes = bytes.subspan(piece.size());
            continue;
        }
        const std::size_t count = std::min(bytes.size(), block_.size() - block_used_);
        std::copy_n(reinterpret_cast<const char*>(bytes.data()), count, block_.data() + block_used_);
        bytes = bytes.subspan(count);
        block_used_ += count;
        if (block_used_ == block_.size()) take_block();
    }
}

void TarGuard::take_block() {
    block_used_ = 0;
    if (part_ == Part::sparse_extension) return take_sparse_extension();
    if (std::all_of(block_.begin(), block_.end(), [](char c) { return c == 0; })) {
        if (saw_zeros_) part_ = Part::end;
        saw_zeros_ = true;
        return;
    }
    if (saw_zeros_) throw Error("the tar stream goes on behind a block of zeros, where some readers end");
    if (!is_tar_header(std::as_bytes(std::span(block_))))
        throw Error("cannot read the tar stream: a header is damaged");
    take_header();
}

void TarGuard::take_header() {
    const char type = block_[type_offset];
    const std::uint64_t said = number_at(block_, size_offset, size_bytes);
    if (is_extension(type)) return take_extended(type, said);
    if (name_.empty()) name_ = text_at(block_, name_bytes);
    if (has_records_ && (has_long_name_ || has_long_link_))
        throw Error("{} has a name in a header of GNU and in one of PAX, and readers disagree which counts",
                    quoted(name_));
    const std::uint64_t size = has_size_ ? size_ : said;
    if (!is_known(type))
        throw Error("{} is of the type {}, which readers take for different things", quoted(name_),
                    quoted(std::string(1, type)));
    if (has_no_content(type) && size != 0)
        throw Error("{} is no file and has a size, and readers disagree whether content follows", quoted(name_));
    counts_pieces_ = has_map_in_content_;
    pieces_ = 0;
    if (type == 'S') return begin_sparse(size);
    begin_content(size);
}

/// GNU tar, "Storing Sparse Files", the old format: a map in the header, and more of it in blocks behind.
void TarGuard::begin_sparse(std::uint64_t size) {
    pieces_ = sparse_pieces_in_header;
    rest_ = size;
    real_size_ = number_at(block_, real_size_offset, size_bytes);
    map_end_ = map_bytes_ = 0;
    map_is_done_ = false;
    take_sparse_map(sparse_map_offset, sparse_pieces_in_header);
    if (block_[sparse_flag_offset] != 0) {
        part_ = Part::sparse_extension;
        return;
    }
    check_sparse_map();
    begin_content(size);
}

/// Pieces are pairs of offset and size; some readers stop at the first empty one, and some go on.
void TarGuard::take_sparse_map(std::size_t offset, std::uint64_t pieces) {
    for (std::uint64_t i = 0; i < pieces; ++i, offset += 2 * size_bytes) {
        const bool is_empty = block_[offset] == 0 && block_[offset + size_bytes] == 0;
        map_is_done_ = map_is_done_ || is_empty;
        if (is_empty) continue;
        const std::uint64_t start = number_at(block_, offset, size_bytes);
        const std::uint64_t length = number_at(block_, offset + size_bytes, size_bytes);
        if (map_is_done_ || start < map_end_ || start + length < start)
            throw Error("the map of the sparse file {} is damaged", quoted(name_));
        map_end_ = start + length;
        map_bytes_ += length;
    }
}

void TarGuard::check_sparse_map() const {
    if (map_end_ != real_size_ || map_bytes_ != rest_)
        throw Error("the sparse file {} is not as large as its map says, and readers disagree on what is in it",
                    quoted(name_));
}

void TarGuard::take_extended(char type, std::uint64_t size) {
    if (size > extended_header_limit_bytes)
        throw Error("a header of the tar stream has {} bytes; {} are the most", size, extended_header_limit_bytes);
    const bool is_repeated = (type == 'L' && has_long_name_) || (type == 'K' && has_long_link_) ||
                             ((type == 'x' || type == 'X') && has_records_);
    if (is_repeated)
        throw Error("an entry of the tar stream has two headers of the kind {}", quoted(std::string(1, type)));
    has_long_name_ = has_long_name_ || type == 'L';
    has_long_link_ = has_long_link_ || type == 'K';
    has_records_ = has_records_ || type == 'x' || type == 'X';
    extension_type_ = type;
    extension_.clear();
    part_ = Part::extension;
    rest_ = size;
    padding_ = (block_bytes - size % block_bytes) % block_bytes;
    if (rest_ == 0) part_ = Part::header;
}

void TarGuard::take_sparse_extension() {
    pieces_ += sparse_pieces_in_extension;
    if (pieces_ > most_sparse_pieces)
        throw Error("the sparse file {} has more than {} pieces", quoted(name_), most_sparse_pieces);
    take_sparse_map(0, sparse_pieces_in_extension);
    if (block_[sparse_extension_flag_offset] != 0) return;
    check_sparse_map();
    begin_content(rest_);
}

void TarGuard::begin_content(std::uint64_t size) {
    rest_ = size;
    padding_ = (block_bytes - size % block_bytes) % block_bytes;
    part_ = Part::content;
    if (size == 0) end_entry();
}

void TarGuard::note_content(runtime::Bytes bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (part_ == Part::padding) {
        padding_ -= bytes.size();
        if (padding_ == 0) part_ = Part::header;
        return;
    }
    rest_ -= bytes.size();
    if (part_ == Part::extension) extension_ += text;
    for (std::size_t i = 0; counts_pieces_ && part_ == Part::content && i < text.size(); ++i) {
        if (text[i] < '0' || text[i] > '9') {
            counts_pieces_ = false;
            break;
        }
        pieces_ = pieces_ * 10 + static_cast<std::uint64_t>(text[i] - '0');
        if (pieces_ > most_sparse_pieces)
            throw Error("the sparse file {} has more than {} pieces", quoted(name_), most_sparse_pieces);
    }
    if (rest_ > 0) return;
    const bool was_extension = part_ == Part::extension;
    part_ = padding_ > 0 ? Part::padding : Part::header;
    if (!was_extension) return end_entry();
    if (extension_type_ == 'L')
        name_ = extension_.substr(0, extension_.find('\0'));
    else if (extension_type_ != 'K')
        read_records(extension_type_ == 'g');
}

/// "LENGTH NAME=VALUE\n", one after another.
void TarGuard::read_records(bool is_global) {
    std::string_view rest = extension_;
    while (!rest.empty()) {
        const std::size_t blank = rest.find(' ');
        if (blank == std::string_view::npos || blank > 9) throw Error("a PAX header of the tar stream is damaged");
        const std::uint64_t length = decimal(std::string(rest.substr(0, blank)));
        if (length <= blank + 1 || length > rest.size() || rest[length - 1] != '\n')
            throw Error("a PAX header of the tar stream is damaged");
        const std::string_view record = rest.substr(blank + 1, length - blank - 2);
        const std::size_t equals = record.find('=');
        if (equals == std::string_view::npos) throw Error("a PAX header of the tar stream is damaged");
        note_record(is_global, std::string(record.substr(0, equals)), std::string(record.substr(equals + 1)));
        rest.remove_prefix(length);
    }
}

void TarGuard::note_record(bool is_global, const std::string& name, const std::string& value) {
    const bool changes_content = name == "path" || name == "linkpath" || name == "size" ||
                                 name.starts_with("GNU.sparse.") || name.starts_with("SCHILY.") ||
                                 name.starts_with("LIBARCHIVE.");
    if (is_global) {
        if (changes_content)
            throw Error("the tar stream sets {} for all entries at once, which readers understand differently",
                        quoted(name));
        return;
    }
    if (name == "path") name_ = value;
    if (name == "size") {
        has_size_ = true;
        size_ = decimal(value);
    }
    if (name == "GNU.sparse.major" && value == "1") has_map_in_content_ = true;
    if (name == "GNU.sparse.numblocks" && decimal(value) > most_sparse_pieces)
        throw Error("the sparse file {} has more than {} pieces", quoted(name_), most_sparse_pieces);
}

void TarGuard::end_entry() {
    if (part_ == Part::content) part_ = padding_ > 0 ? Part::padding : Part::header;
    has_records_ = has_long_name_ = has_long_link_ = has_size_ = has_map_in_content_ = false;
    size_ = 0;
    name_.clear();
}

}  // namespace layers
