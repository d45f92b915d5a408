#include "builder/containers/content_digest.hpp"

#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "layers/content_hash.hpp"
#include "layers/digest.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

constexpr std::size_t block_bytes = 512;

/// The header of one entry: ustar (POSIX.1-1988), by way of which these digests are defined.
class UstarHeader {
public:
    UstarHeader() : bytes_(block_bytes, '\0') {}

    void put(std::size_t offset, std::string_view text) { bytes_.replace(offset, text.size(), text); }
    void put_octal(std::size_t offset, std::size_t width, std::uint64_t value) {
        put(offset, fmt::format("{:0{}o}", value, width - 1));
    }
    const std::string& finish() {
        put(148, "        ");
        unsigned sum = 0;
        for (const char byte : bytes_) sum += static_cast<unsigned char>(byte);
        put(148, fmt::format("{:06o}", sum) + std::string(1, '\0') + " ");
        return bytes_;
    }

private:
    std::string bytes_;
};

struct NameParts {
    std::string prefix;
    std::string name;
};

/// A name of more than 100 bytes is split at a slash.
NameParts split_name(const std::string& path) {
    constexpr std::size_t longest_name = 100, longest_prefix = 155;
    if (path.size() <= longest_name) return {"", path};
    const std::size_t slash = path.find('/', path.size() - longest_name - 1);
    if (slash == std::string::npos || slash > longest_prefix) return {"", path.substr(path.size() - longest_name)};
    return {path.substr(0, slash), path.substr(slash + 1)};
}

char type_of(const SourceNode& node) {
    if (S_ISDIR(node.mode)) return '5';
    if (S_ISLNK(node.mode)) return '2';
    if (S_ISCHR(node.mode)) return '3';
    if (S_ISBLK(node.mode)) return '4';
    if (S_ISFIFO(node.mode)) return '6';
    return '0';
}

class ContentStream {
public:
    explicit ContentStream(const CopySource& source) : source_(source) {}

    void write_entry(const SourceNode& node, const std::string& path) {
        const NameParts parts = split_name(path);
        UstarHeader header;
        header.put(0, parts.name);
        header.put_octal(100, 8, node.mode & 07777);
        header.put_octal(108, 8, source_.keeps_owners() ? node.uid : 0);
        header.put_octal(116, 8, source_.keeps_owners() ? node.gid : 0);
        header.put_octal(124, 12, S_ISREG(node.mode) ? static_cast<std::uint64_t>(node.size_bytes) : 0);
        header.put_octal(136, 12, 0);
        header.put(156, std::string(1, type_of(node)));
        if (S_ISLNK(node.mode)) header.put(157, node.content.substr(0, 100));
        header.put(257, std::string("ustar\0", 6) + "00");
        header.put(265, "root");
        header.put(297, "root");
        header.put_octal(329, 8, S_ISCHR(node.mode) || S_ISBLK(node.mode) ? major(node.special_device) : 0);
        header.put_octal(337, 8, S_ISCHR(node.mode) || S_ISBLK(node.mode) ? minor(node.special_device) : 0);
        header.put(345, parts.prefix);
        hasher_.write(header.finish());
    }

    void write_content(const runtime::Fd& file) {
        const std::uint64_t total = layers::hash_content(file, "a file that is copied", hasher_);
        hasher_.write(std::string((block_bytes - total % block_bytes) % block_bytes, '\0'));
    }

    void write_folder(const SourceNode& folder, const overlay::MergedFolder& place, const std::string& path) {
        for (const SourceNode& node : folder.children) {
            const std::string name = path + node.name;
            const auto entry = source_.view().child(place, node.name);
            if (!entry) continue;
            write_entry(node, node.is_folder() ? name + "/" : name);
            if (S_ISREG(node.mode)) write_content(source_.view().open_file(*entry));
            if (node.is_folder() && entry->folder) write_folder(node, *entry->folder, name + "/");
        }
    }

    std::string finish() {
        hasher_.write(std::string(2 * block_bytes, '\0'));
        return std::string(hasher_.finish().hex());
    }

private:
    const CopySource& source_;
    layers::Hasher hasher_;
};

ContentDigest digest_part(const CopyPart& part, const std::string& destination) {
    ContentStream stream(*part.source);
    if (part.tree.is_folder()) {
        if (part.place.entry && part.place.entry->folder) stream.write_folder(part.tree, *part.place.entry->folder, "");
        return {"dir", stream.finish()};
    }
    const std::string name = destination.ends_with("/") ? part.name : destination.substr(destination.rfind('/') + 1);
    stream.write_entry(part.tree, name);
    if (S_ISREG(part.tree.mode)) stream.write_content(part.source->view().open_file(*part.place.entry));
    return {"file", stream.finish()};
}

}  // namespace

ContentDigest digest_content(const std::vector<CopyPart>& parts, const std::string& destination) {
    if (parts.size() == 1) return digest_part(parts.front(), destination);
    std::string all;
    for (const CopyPart& part : parts) {
        const ContentDigest one = digest_part(part, destination);
        all += (all.empty() ? "" : ",") + one.kind + ":" + one.hex;
    }
    return {"multi", std::string(layers::Digest::of(all).hex())};
}

}  // namespace builder
