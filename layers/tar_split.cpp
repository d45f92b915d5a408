#include "layers/tar_split.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "layers/tar_reader.hpp"
#include "runtime/base/base64.hpp"
#include "runtime/base/error.hpp"

namespace layers {
namespace {

using runtime::Error;
using runtime::quoted;

constexpr std::uint64_t block_bytes = 512;
/// Longer names are nobody's.
constexpr std::uint64_t extension_limit_bytes = 1U << 20;
constexpr std::size_t segment_limit_bytes = 1U << 20;

/// Fields of a header: where they stand and how long they are.
struct Field {
    std::size_t begin;
    std::size_t size;
};
constexpr Field name_field{0, 100};
constexpr Field size_field{124, 12};
constexpr std::size_t type_place = 156;
constexpr Field magic_field{257, 6};
constexpr Field prefix_field{345, 155};

std::string_view text_of(std::string_view header, Field field) {
    const std::string_view bytes = header.substr(field.begin, field.size);
    return bytes.substr(0, bytes.find('\0'));
}

/// Octal digits, or, with the highest bit set, a binary number.
std::uint64_t number_of(std::string_view header, Field field) {
    std::string_view bytes = header.substr(field.begin, field.size);
    std::uint64_t number = 0;
    if ((static_cast<unsigned char>(bytes.front()) & 0x80) != 0) {
        for (const char c : bytes.substr(bytes.size() - sizeof number))
            number = number << 8 | static_cast<unsigned char>(c);
        return number;
    }
    bytes.remove_prefix(std::min(bytes.find_first_not_of(' '), bytes.size()));
    std::from_chars(bytes.data(), bytes.data() + bytes.size(), number, 8);
    return number;
}

std::string header_name(std::string_view header) {
    std::string name(text_of(header, name_field));
    const bool is_ustar = header.substr(magic_field.begin, magic_field.size) == std::string_view("ustar\0", 6);
    const std::string_view prefix = text_of(header, prefix_field);
    return is_ustar && !prefix.empty() ? std::string(prefix) + "/" + name : name;
}

std::uint64_t padding_after(std::uint64_t size) noexcept {
    return (block_bytes - size % block_bytes) % block_bytes;
}

bool is_extension(char type) noexcept {
    return type == 'x' || type == 'g' || type == 'L' || type == 'K';
}

/// Links, devices, folders and fifos have no content, whatever their size says.
bool has_content(char type) noexcept {
    return type < '1' || type > '6';
}

/// As names are compared: "./a/" is "a".
std::string cleaned(const std::string& name) {
    std::string clean = std::filesystem::path("/" + name).lexically_normal().string();
    while (clean.size() > 1 && clean.back() == '/') clean.pop_back();
    return clean;
}

bool is_all_zero(std::string_view block) {
    return std::all_of(block.begin(), block.end(), [](char c) { return c == '\0'; });
}

}  // namespace

void TarSplitSink::write(runtime::Bytes bytes) {
    while (!bytes.empty()) {
        const std::size_t count = std::min(bytes.size(), wanted());
        take(bytes.first(count));
        bytes = bytes.subspan(count);
        if (part_ == Part::end) {
            if (segment_.size() >= segment_limit_bytes) write_segment();
            continue;
        }
        left_ -= count;
        if (left_ == 0) part_is_whole();
    }
}

std::size_t TarSplitSink::wanted() const noexcept {
    if (part_ == Part::end) return segment_limit_bytes - segment_.size();
    return static_cast<std::size_t>(left_);
}

void TarSplitSink::take(runtime::Bytes bytes) {
    if (part_ == Part::content) return sum_.add(bytes);
    segment_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void TarSplitSink::part_is_whole() {
    const auto go_on = [this](Part part, std::uint64_t size) {
        part_ = part;
        left_ = size;
        part_begin_ = segment_.size();
    };
    switch (part_) {
        case Part::header:
            return read_header();
        case Part::extension:
            read_extension();
            break;
        case Part::content:
            write_file();
            break;
        case Part::padding:
        case Part::end:
            after_ = 0;
            break;
    }
    if (after_ > 0) return go_on(Part::padding, after_);
    go_on(Part::header, block_bytes);
}

void TarSplitSink::read_header() {
    const std::string header = segment_.substr(part_begin_);
    if (is_all_zero(header)) {
        part_ = Part::end;
        return;
    }
    if (!is_tar_header(std::as_bytes(std::span(header)))) throw Error("the layer is no tar");
    const char type = header[type_place];
    const std::uint64_t size = number_of(header, size_field);
    if (is_extension(type)) {
        if (size > extension_limit_bytes) throw Error("the layer's tar has an entry with a name of {} bytes", size);
        extension_type_ = type;
        part_ = Part::extension;
        left_ = size;
        part_begin_ = segment_.size();
        after_ = padding_after(size);
        if (size == 0) part_is_whole();
        return;
    }
    name_ = !record_name_.empty() ? record_name_ : !long_name_.empty() ? long_name_ : header_name(header);
    if (type == 'S') throw Error("the layer's tar has the sparse file {}", quoted(name_));
    begin_file(type, record_size_ >= 0 ? static_cast<std::uint64_t>(record_size_) : size);
}

/// Of links, folders and empty files, too, there is a line.
void TarSplitSink::begin_file(char type, std::uint64_t size) {
    long_name_.clear();
    record_name_.clear();
    record_size_ = -1;
    size_ = has_content(type) ? size : 0;
    if (!names_.insert(cleaned(name_)).second) throw Error("the layer's tar has the name {} twice", quoted(name_));
    write_segment();
    sum_ = {};
    part_ = Part::content;
    left_ = size_;
    after_ = padding_after(size_);
    if (size_ == 0) part_is_whole();
}

void TarSplitSink::read_extension() {
    const std::string_view data = std::string_view(segment_).substr(part_begin_);
    if (extension_type_ == 'L') long_name_ = data.substr(0, data.find('\0'));
    if (extension_type_ == 'x') read_records();
}

/// "LENGTH KEY=VALUE\n"
void TarSplitSink::read_records() {
    std::string_view rest = std::string_view(segment_).substr(part_begin_);
    while (!rest.empty()) {
        std::size_t length = 0;
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), length);
        const auto digits = static_cast<std::size_t>(end - rest.data());
        if (error != std::errc() || length <= digits + 1 || length > rest.size())
            throw Error("the layer's tar has a broken extended header");
        const std::string_view record = rest.substr(digits + 1, length - digits - 2);
        rest.remove_prefix(length);
        const std::string_view key = record.substr(0, record.find('='));
        const std::string_view value = key.size() < record.size() ? record.substr(key.size() + 1) : "";
        if (key == "path") record_name_ = value;
        if (key == "size") std::from_chars(value.data(), value.data() + value.size(), record_size_);
        if (key.starts_with("GNU.sparse.")) throw Error("the layer's tar has a sparse file");
    }
}

void TarSplitSink::write_segment() {
    if (segment_.empty()) return;
    write_line(
        fmt::format(R"({{"type":2,"payload":"{}","position":{}}})", runtime::encode_base64(segment_), position_));
    segment_.clear();
}

void TarSplitSink::write_file() {
    std::string name;
    try {
        name = R"("name":)" + nlohmann::json(name_).dump();
    } catch (const nlohmann::json::type_error&) {  // no UTF-8
        name = fmt::format(R"("name_raw":"{}")", runtime::encode_base64(name_));
    }
    if (size_ == 0) return write_line(fmt::format(R"({{"type":1,{},"payload":null,"position":{}}})", name, position_));
    std::string sum;
    for (int shift = 56; shift >= 0; shift -= 8) sum += static_cast<char>(sum_.value() >> shift & 0xFF);
    write_line(fmt::format(R"({{"type":1,{},"size":{},"payload":"{}","position":{}}})", name, size_,
                           runtime::encode_base64(sum), position_));
}

void TarSplitSink::write_line(const std::string& line) {
    out_.write(line + "\n");
    ++position_;
}

void TarSplitSink::finish() {
    if (part_ != Part::end && !(part_ == Part::header && left_ == block_bytes))
        throw Error("the layer's tar is cut off");
    write_segment();
}

}  // namespace layers
