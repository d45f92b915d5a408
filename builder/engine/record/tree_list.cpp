#include "builder/engine/record/tree_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "runtime/base/text.hpp"

namespace builder {
namespace {

constexpr std::string_view end_mark = "end";
constexpr std::size_t shown_digits = 12;
constexpr mode_t permission_bits = 07777;

/// Entries end with NUL, which no path holds.
struct ListedFile {
    unsigned mode = 0;
    std::string_view owner;
    std::string_view content;
    std::string_view path;
};

std::string hex_of(std::string_view bytes) {
    std::string text;
    for (const char byte : bytes.substr(0, shown_digits / 2))
        text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return text;
}

/// A link by where it leads, which is no digest yet; a file by its own digest; a folder by its xattrs.
std::string content_of(const SourceNode& node) {
    if (node.content.empty()) return "-";
    if (S_ISREG(node.mode)) return hex_of(node.content);
    return std::string(layers::Digest::of(node.content).hex().substr(0, shown_digits));
}

void add(std::string& text, const SourceNode& node, const std::string& path, bool with_owners) {
    text += fmt::format("{:o} {} {} {}", node.mode, with_owners ? fmt::format("{}:{}", node.uid, node.gid) : "-",
                        content_of(node), path);
    text += '\0';
    for (const SourceNode& child : node.children)
        add(text, child, path.empty() ? child.name : path + "/" + child.name, with_owners);
}

std::optional<ListedFile> parse_entry(std::string_view entry) {
    ListedFile file;
    const std::size_t first = entry.find(' ');
    const std::size_t second = first == std::string_view::npos ? first : entry.find(' ', first + 1);
    const std::size_t third = second == std::string_view::npos ? second : entry.find(' ', second + 1);
    if (third == std::string_view::npos) return std::nullopt;
    constexpr int octal = 8;
    const auto [end, error] = std::from_chars(entry.data(), entry.data() + first, file.mode, octal);
    if (error != std::errc() || end != entry.data() + first) return std::nullopt;
    file.owner = entry.substr(first + 1, second - first - 1);
    file.content = entry.substr(second + 1, third - second - 1);
    file.path = entry.substr(third + 1);
    return file;
}

/// Nothing where the end is missing or an entry is none: nobody flushed the file.
std::optional<std::vector<ListedFile>> parse_list(std::string_view text) {
    std::vector<ListedFile> files;
    while (!text.empty()) {
        const std::size_t end = text.find('\0');
        if (end == std::string_view::npos) break;
        const auto file = parse_entry(text.substr(0, end));
        if (!file) return std::nullopt;
        files.push_back(*file);
        text.remove_prefix(end + 1);
    }
    if (text != end_mark) return std::nullopt;
    std::sort(files.begin(), files.end(),
              [](const ListedFile& left, const ListedFile& right) { return left.path < right.path; });
    return files;
}

const char* kind_of(unsigned mode) {
    if (S_ISDIR(mode)) return "folder";
    if (S_ISLNK(mode)) return "link";
    return S_ISREG(mode) ? "file" : "special file";
}

std::string shown(const ListedFile& file) {
    return fmt::format("{} {}", kind_of(file.mode), file.path.empty() ? "." : file.path);
}

/// Of one path that both lists have.
std::optional<StepReason> compare(const ListedFile& before, const ListedFile& now) {
    if ((before.mode & S_IFMT) != (now.mode & S_IFMT))
        return StepReason{fmt::format("{} was a {}", shown(now), kind_of(before.mode))};
    if (before.content != now.content)
        return StepReason{shown(now) + " changed", std::string(before.content), std::string(now.content)};
    if (before.mode != now.mode)
        return StepReason{fmt::format("the mode of {} changed", shown(now)),
                          fmt::format("{:04o}", before.mode & permission_bits),
                          fmt::format("{:04o}", now.mode & permission_bits)};
    if (before.owner != now.owner)
        return StepReason{fmt::format("the owner of {} changed", shown(now)), std::string(before.owner),
                          std::string(now.owner)};
    return std::nullopt;
}

}  // namespace

std::string list_of(const ReadTree& tree) {
    std::string text;
    add(text, *tree.tree, tree.path, tree.with_owners);
    text += end_mark;
    return text;
}

std::optional<StepReason> first_difference(std::string_view before, std::string_view now) {
    const auto old_files = parse_list(before);
    const auto new_files = parse_list(now);
    if (!old_files || !new_files) return std::nullopt;
    auto old_file = old_files->begin();
    auto new_file = new_files->begin();
    while (old_file != old_files->end() || new_file != new_files->end()) {
        if (old_file == old_files->end() || (new_file != new_files->end() && new_file->path < old_file->path))
            return StepReason{shown(*new_file) + " is new"};
        if (new_file == new_files->end() || old_file->path < new_file->path)
            return StepReason{shown(*old_file) + " is gone"};
        if (const auto reason = compare(*old_file, *new_file)) return reason;
        ++old_file;
        ++new_file;
    }
    return std::nullopt;
}

}  // namespace builder
