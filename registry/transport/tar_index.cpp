#include "registry/transport/tar_index.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <vector>

#include "layers/compression.hpp"
#include "layers/tar_reader.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"
#include "runtime/sys/waits.hpp"

namespace registry {
namespace {

constexpr std::uint64_t block_bytes = 512;
/// Image archives have a few entries for each layer. The bounds keep a hostile one from filling the memory.
constexpr std::size_t most_entries = 100'000;
constexpr std::uint64_t largest_extension_bytes = 64 * 1024;
constexpr unsigned most_links = 10;

struct Block {
    std::array<char, block_bytes> bytes;

    std::string_view field(std::size_t offset, std::size_t size) const noexcept {
        const std::string_view text(bytes.data() + offset, size);
        return text.substr(0, text.find('\0'));
    }
    char type() const noexcept { return bytes[156]; }
    std::string name() const {
        const std::string_view prefix = field(257, 5) == "ustar" && bytes[262] == '\0' ? field(345, 155) : "";
        return prefix.empty() ? std::string(field(0, 100)) : fmt::format("{}/{}", prefix, field(0, 100));
    }
    std::string link_name() const { return std::string(field(157, 100)); }

    /// Octal digits, or GNU's base 256 where the first bit is set.
    std::optional<std::uint64_t> size() const noexcept {
        constexpr std::size_t offset = 124, length = 12;
        std::uint64_t number = 0;
        if ((bytes[offset] & '\x80') != 0) {
            for (std::size_t i = 4; i < length; ++i)
                number = (number << 8) | static_cast<unsigned char>(bytes[offset + i]);
            return number;
        }
        std::string_view digits = field(offset, length);
        digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 8);
        if (error != std::errc{} && !digits.empty()) return std::nullopt;
        return number;
    }
};

/// What extension headers say of the entry behind them.
struct Extensions {
    std::optional<std::string> path;
    std::optional<std::string> link_path;
    std::optional<std::uint64_t> size;
};

/// "a/b" of "./a//b/"; empty for what leads out of the archive.
std::string clean_name(std::string_view name) {
    std::vector<std::string_view> parts;
    while (!name.empty()) {
        const std::size_t end = std::min(name.find('/'), name.size());
        const std::string_view part = name.substr(0, end);
        name.remove_prefix(std::min(end + 1, name.size()));
        if (part.empty() || part == ".") continue;
        if (part != "..") {
            parts.push_back(part);
        } else if (parts.empty()) {
            return {};
        } else {
            parts.pop_back();
        }
    }
    return fmt::format("{}", fmt::join(parts, "/"));
}

class ArchiveFiles final : public NamedFiles {
public:
    ArchiveFiles(std::shared_ptr<const runtime::Fd> file, std::string file_name)
        : file_(std::move(file)), file_name_(std::move(file_name)) {
        file_bytes_ = static_cast<std::uint64_t>(runtime::stat_of(*file_).st_size);
        scan();
    }

    std::optional<FileSlice> find(const std::string& path) override {
        std::string name = clean_name(path);
        for (unsigned links = 0; links <= most_links; ++links) {
            if (const auto entry = files_.find(name); entry != files_.end()) return entry->second;
            const auto link = links_.find(name);
            if (link == links_.end()) return std::nullopt;
            name = link->second;
        }
        throw refuse("links in a circle");
    }

private:
    void scan() {
        Extensions extensions;
        for (std::uint64_t offset = 0; offset + block_bytes <= file_bytes_;) {
            const Block block = read_block(offset);
            offset += block_bytes;
            if (std::all_of(block.bytes.begin(), block.bytes.end(), [](char c) { return c == 0; })) break;
            if (!layers::is_tar_header(std::as_bytes(std::span(block.bytes))))
                throw refuse("something that is no header");
            const std::uint64_t size = size_of(block, extensions, offset);
            if (!take_extension(block, offset, size, extensions)) {
                add(block, offset, size, extensions);
                extensions = {};
            }
            offset += (size + block_bytes - 1) / block_bytes * block_bytes;
        }
        if (files_.empty()) throw refuse("no files");
    }

    std::uint64_t size_of(const Block& block, const Extensions& extensions, std::uint64_t offset) const {
        const auto size = extensions.size && block.type() != 'x' ? extensions.size : block.size();
        if (!size || *size > file_bytes_ - std::min(offset, file_bytes_))
            throw refuse("a file that goes beyond its end");
        return *size;
    }

    /// Whether the header belongs to the next entry.
    bool take_extension(const Block& block, std::uint64_t offset, std::uint64_t size, Extensions& extensions) const {
        const char type = block.type();
        if (type == 'g') return true;
        if (type != 'x' && type != 'L' && type != 'K') return false;
        if (size > largest_extension_bytes) throw refuse("a header that is absurdly large");
        const std::string text = read_slice({file_, file_name_, offset, size}, largest_extension_bytes, "a header");
        if (type == 'L') extensions.path = text.substr(0, text.find('\0'));
        if (type == 'K') extensions.link_path = text.substr(0, text.find('\0'));
        if (type == 'x') take_records(text, extensions);
        return true;
    }

    void take_records(std::string_view text, Extensions& extensions) const {
        while (!text.empty()) {
            std::size_t length = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
            const auto digits = static_cast<std::size_t>(end - text.data());
            if (error != std::errc{} || length <= digits + 1 || length > text.size())
                throw refuse("a broken PAX record");
            const std::string_view record = text.substr(digits + 1, length - digits - 2);
            text.remove_prefix(length);
            const std::size_t equals = std::min(record.find('='), record.size());
            const std::string_view key = record.substr(0, equals);
            const std::string_view value = record.substr(std::min(equals + 1, record.size()));
            if (key == "path") extensions.path = value;
            if (key == "linkpath") extensions.link_path = value;
            if (key.starts_with("GNU.sparse.")) throw refuse("a sparse file");
            if (key == "size") {
                std::uint64_t size = 0;
                if (std::from_chars(value.data(), value.data() + value.size(), size).ec != std::errc{})
                    throw refuse("a broken PAX record");
                extensions.size = size;
            }
        }
    }

    void add(const Block& block, std::uint64_t offset, std::uint64_t size, const Extensions& extensions) {
        if (files_.size() + links_.size() > most_entries) throw refuse("too many files");
        const std::string name = clean_name(extensions.path.value_or(block.name()));
        if (name.empty()) return;
        const std::string target = extensions.link_path.value_or(block.link_name());
        switch (block.type()) {
            case '0':
            case '7':
            case '\0':
                links_.erase(name);
                files_.insert_or_assign(name, FileSlice{file_, file_name_, offset, size});
                break;
            case '1':
                files_.erase(name);
                links_.insert_or_assign(name, clean_name(target));
                break;
            case '2':
                files_.erase(name);
                links_.insert_or_assign(name, clean_name(name.substr(0, name.rfind('/') + 1) + target));
                break;
            case 'S':
                throw refuse("a sparse file");
            default:
                break;
        }
    }

    Block read_block(std::uint64_t offset) const {
        Block block;
        const ssize_t count = ::pread(file_->get(), block.bytes.data(), block.bytes.size(), static_cast<off_t>(offset));
        if (count < 0) throw runtime::SystemError("cannot read {}", runtime::quoted(file_name_));
        if (static_cast<std::size_t>(count) != block.bytes.size()) throw refuse("a cut-off end");
        return block;
    }

    runtime::Error refuse(std::string_view what) const {
        return runtime::Error("{} is not an image archive: it has {}", runtime::quoted(file_name_), what);
    }

    std::shared_ptr<const runtime::Fd> file_;
    std::string file_name_;
    std::uint64_t file_bytes_ = 0;
    std::map<std::string, FileSlice> files_;
    std::map<std::string, std::string> links_;
};

/// The content in a file without a name, which is gone when it is closed.
std::shared_ptr<const runtime::Fd> spooled(runtime::Source& content) {
    const runtime::TempFolder folder;
    const std::string path = folder.path("archive");
    runtime::FileSink sink(runtime::open_path(path, O_RDWR | O_CREAT | O_EXCL, 0600), path);
    runtime::copy_all(content, sink);
    return std::make_shared<const runtime::Fd>(std::move(sink.file()));
}

}  // namespace

std::unique_ptr<NamedFiles> files_of_archive(std::shared_ptr<const runtime::Fd> file, const std::string& file_name) {
    return std::make_unique<ArchiveFiles>(std::move(file), file_name);
}

std::unique_ptr<NamedFiles> open_archive(const std::string& file_name) {
    auto file = std::make_shared<const runtime::Fd>(runtime::open_to_read(file_name));
    if (!S_ISREG(runtime::stat_of(*file).st_mode)) file = spooled(*runtime::source_of(file->duplicate(), file_name));
    std::array<std::byte, 8> first{};
    const ssize_t count = ::pread(file->get(), first.data(), first.size(), 0);
    if (count < 0) throw runtime::SystemError("cannot read {}", runtime::quoted(file_name));
    const auto compression = layers::detect_compression(runtime::Bytes(first).first(static_cast<std::size_t>(count)));
    if (compression != layers::Compression::none) {
        const auto packed = open_slice({file, file_name, 0, std::numeric_limits<std::int64_t>::max()});
        file = spooled(*layers::make_decompressor(compression, *packed));
    }
    return files_of_archive(std::move(file), file_name);
}

}  // namespace registry
