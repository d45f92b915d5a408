#include "builder/sources/source_tree.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <map>

#include "builder/syntax/glob.hpp"
#include "layers/content_hash.hpp"
#include "overlay/file_copy.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/writers.hpp"
#include "runtime/sys/xattr.hpp"

namespace builder {
namespace {

using overlay::MergedEntry;
using overlay::MergedFolder;
using runtime::quoted;

std::int64_t now_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

std::string join(const std::string& folder, const std::string& name) {
    return folder.empty() ? name : folder + "/" + name;
}

std::string raw_digest(layers::Hasher& hasher) {
    const layers::Digest digest = hasher.finish();
    std::string raw;
    for (std::size_t i = 0; i < digest.hex().size(); i += 2)
        raw += static_cast<char>(std::stoi(std::string(digest.hex().substr(i, 2)), nullptr, 16));
    return raw;
}

/// Content and xattrs. Each xattr comes with the length of the content, so that no content can imitate one at its end.
std::string digest_file(const runtime::Fd& file, const std::string& path, const runtime::Xattrs& xattrs) {
    layers::Hasher hasher;
    const std::uint64_t total = layers::hash_content(file, path, hasher);
    for (const auto& [name, value] : xattrs)
        hasher.write(fmt::format("{}:{}={}:{}:{}", name.size(), name, value.size(), value, total));
    std::string digest = raw_digest(hasher);
    // Its last bit says whether there are xattrs to copy.
    digest.back() = static_cast<char>((static_cast<unsigned char>(digest.back()) & ~1U) | (xattrs.empty() ? 0U : 1U));
    return digest;
}

/// Walks one tree; keeps the remembered digests of the folders it is in.
class Scan {
public:
    Scan(const overlay::LayeredView& view, const CopySource::Filter& filter, layers::Store* store)
        : view_(view), filter_(filter), store_(store) {}

    SourceNode entry(const MergedEntry& found, const std::string& path);
    /// Writes down what was learnt, in one transaction. Nothing where nothing was.
    void remember();

private:
    /// What is remembered of one layer's folder, and whether that has to be written back.
    struct Memory {
        layers::RememberedFolder known;
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        bool changed = false;
    };
    using Memories = std::vector<std::pair<std::size_t, Memory>>;

    void folder(SourceNode& node, const MergedFolder& merged, const std::string& path);
    std::vector<std::string> names_in(const MergedFolder& merged, const std::string& path) const;
    void file(SourceNode& node, const MergedEntry& found, const std::string& path, Memory* memory);
    Memory recall(const runtime::Fd& folder);
    Memory& memory_of(Memories& memories, const MergedFolder& merged, std::size_t layer);

    const overlay::LayeredView& view_;
    const CopySource::Filter& filter_;
    layers::Store* store_;  ///< its memory of digests; none: no digests are wanted
    std::vector<Memory> learnt_;
};

void Scan::remember() {
    if (learnt_.empty()) return;
    store_->transactions().where_possible("digests of files", [this] {
        for (const Memory& memory : learnt_) store_->file_memory().remember(memory.device, memory.inode, memory.known);
    });
}

Scan::Memory Scan::recall(const runtime::Fd& folder) {
    const struct stat status = runtime::stat_of(folder);
    return {store_->file_memory().recall(status.st_dev, status.st_ino), status.st_dev, status.st_ino, false};
}

Scan::Memory& Scan::memory_of(Memories& memories, const MergedFolder& merged, std::size_t layer) {
    for (auto& [known_layer, memory] : memories)
        if (known_layer == layer) return memory;
    for (const MergedFolder::Part& part : merged.parts)
        if (part.layer == layer) return memories.emplace_back(layer, recall(*part.folder)).second;
    throw runtime::Error("a layer of a folder is not part of it");
}

void Scan::file(SourceNode& node, const MergedEntry& found, const std::string& path, Memory* memory) {
    if (store_ == nullptr) {
        node.has_xattrs = true;  // Not known before it is opened for the copy.
        return;
    }
    if (memory != nullptr) {
        const auto known = memory->known.find(node.name);
        if (known != memory->known.end() && known->second.fits(found.status)) {
            node.content = known->second.digest;
            node.has_xattrs = (static_cast<unsigned char>(node.content.back()) & 1U) != 0;
            return;
        }
    }
    const std::int64_t started_ns = now_ns();
    const runtime::Fd opened = view_.open_file(found);
    overlay::require_room(opened, found.status.st_size, path);
    const runtime::Xattrs xattrs = copied_xattrs(opened);
    node.has_xattrs = !xattrs.empty();
    // Asked before it is read: who comes later changes its times.
    node.has_writers = runtime::has_writers(opened);
    node.content = digest_file(opened, path, xattrs);
    node.is_settled = !node.has_writers && layers::is_settled(found.status, started_ns);
    if (memory == nullptr || !node.is_settled) return;
    // Read to the end without a change: what was hashed is what the status says.
    const struct stat after = runtime::stat_of(opened);
    const auto remembered = layers::RememberedFile::of(found.status, node.content);
    if (!remembered.fits(after)) return;
    memory->known.insert_or_assign(node.name, remembered);
    memory->changed = true;
}

std::vector<std::string> Scan::names_in(const MergedFolder& merged, const std::string& path) const {
    try {
        return view_.list(merged);
    } catch (runtime::Error& error) {
        error.add_context("cannot read {}", quoted("/" + path));
        throw;
    }
}

void Scan::folder(SourceNode& node, const MergedFolder& merged, const std::string& path) {
    const runtime::WalkLevel level;
    Memories memories;
    for (const std::string& name : names_in(merged, path)) {
        const std::string child_path = join(path, name);
        const auto found = view_.child(merged, name);
        if (!found) continue;  // Removed meanwhile.
        const CopySource::Verdict verdict = filter_ ? filter_(child_path, found->is_folder()) : CopySource::Verdict{};
        if (verdict.excluded && !verdict.may_reinclude) continue;
        SourceNode child = node_of(*found);
        if (found->is_file())
            file(child, *found, child_path, store_ == nullptr ? nullptr : &memory_of(memories, merged, found->layer));
        else if (found->is_link())
            child.content = view_.read_link(*found);
        else if (found->folder) {
            folder(child, *found->folder, child_path);
            if (store_ != nullptr) child.content = xattrs_of_folder(*found);
            child.has_xattrs = store_ == nullptr || !child.content.empty();
        }
        // An excluded folder counts only for what was taken in again below it.
        if (verdict.excluded && child.children.empty()) continue;
        node.children.push_back(std::move(child));
    }
    for (auto& [layer, memory] : memories)
        if (memory.changed) learnt_.push_back(std::move(memory));
}

SourceNode Scan::entry(const MergedEntry& found, const std::string& path) {
    SourceNode node = node_of(found);
    if (found.is_file()) {
        Memory memory = store_ == nullptr ? Memory{} : recall(*found.parent);
        file(node, found, path, &memory);
        if (memory.changed) learnt_.push_back(std::move(memory));
    } else if (found.is_link()) {
        node.content = view_.read_link(found);
    } else if (found.folder) {
        node.has_xattrs = true;  // Not asked: they belong to what is copied only where it is copied itself.
        folder(node, *found.folder, path);
    }
    return node;
}

class TreeDigest {
public:
    explicit TreeDigest(const DigestUse& use) : use_(use) {}

    layers::Digest of(const SourceNode& top) {
        add(top);
        return hasher_.finish();
    }

private:
    void add(const SourceNode& node) {
        hasher_.write(fmt::format("{:o}:{}:", node.mode, node.special_device));
        if (use_.with_owners) hasher_.write(fmt::format("{}:{}:", node.uid, node.gid));
        hasher_.write(fmt::format("{}:{}", node.content.size(), node.content));
        if (!node.is_folder()) add_file(node);
        for (const SourceNode& child : node.children) {
            if (S_ISSOCK(child.mode) && !use_.with_sockets) continue;
            hasher_.write(fmt::format("/{}:{}", child.name.size(), child.name));
            add(child);
        }
        hasher_.write(";");
    }

    /// The first file of an inode counts as one without links, as the others may lie elsewhere: the store, too, has
    /// files under several names, and their number tells nothing.
    void add_file(const SourceNode& node) {
        ++files_;
        if (node.links < 2) return;
        const auto [first, is_new] = firsts_.try_emplace({node.device, node.inode}, files_);
        if (!is_new) hasher_.write(fmt::format("#{}", first->second));
    }

    DigestUse use_;
    layers::Hasher hasher_;
    std::size_t files_ = 0;
    std::map<std::pair<dev_t, ino_t>, std::size_t> firsts_;  ///< by which file of the tree they are
};

}  // namespace

SourceNode node_of(const MergedEntry& entry) {
    SourceNode node;
    node.name = entry.name;
    node.mode = entry.status.st_mode;
    node.uid = entry.status.st_uid;
    node.gid = entry.status.st_gid;
    node.size_bytes = entry.status.st_size;
    node.modified = entry.status.st_mtim;
    node.changed = entry.status.st_ctim;
    node.device = entry.status.st_dev;
    node.inode = entry.status.st_ino;
    node.links = entry.status.st_nlink;
    node.special_device = entry.status.st_rdev;
    node.layer = entry.layer;
    return node;
}

runtime::Xattrs copied_xattrs(const runtime::Fd& file) {
    runtime::Xattrs xattrs = runtime::read_xattrs(file);
    std::erase_if(xattrs, [](const auto& xattr) {
        return overlay::is_overlay_xattr(xattr.first) || xattr.first == "security.selinux";
    });
    return xattrs;
}

std::string text_of(const runtime::Xattrs& xattrs) {
    std::string text;
    for (const auto& [name, value] : xattrs) text += fmt::format("{}:{}={}:{}", name.size(), name, value.size(), value);
    return text;
}

std::string xattrs_of_folder(const MergedEntry& entry) {
    return text_of(copied_xattrs(*entry.folder->parts.front().folder));
}

namespace {

bool leads_to_folder(const overlay::LayeredView& view, const std::string& path, const MergedEntry& entry) {
    if (!S_ISLNK(entry.status.st_mode)) return entry.is_folder();
    try {
        const auto target = view.find("/" + path);
        return target && target->is_folder();
    } catch (const runtime::Error&) {
        return false;  // a loop of links leads nowhere
    }
}

}  // namespace

/// Adds what one name of a pattern matches in a folder. Links to folders are gone through, but not by `**`.
void CopySource::expand_level(const std::string& parent, const std::string& name, bool deep, bool is_last,
                              std::vector<std::string>& found) const {
    if (!has_wildcard(name)) {
        found.push_back(join(parent, name));
        return;
    }
    const auto folder = view_->find(parent);
    if (!folder || !folder->folder) return;
    const bool any_depth = deep && name == "**";
    if (any_depth && !is_last) found.push_back(parent);
    for (const std::string& candidate : view_->list(*folder->folder)) {
        if (!path_match(name, candidate)) continue;
        const auto entry = view_->child(*folder->folder, candidate);
        if (!entry) continue;
        if (is_last || (!any_depth && leads_to_folder(*view_, join(parent, candidate), *entry)))
            found.push_back(join(parent, candidate));
        if (any_depth && entry->is_folder()) expand_level(join(parent, candidate), name, deep, is_last, found);
    }
}

void CopySource::require_folder_of(const std::vector<std::string>& pattern, const Filter& filter) const {
    std::string folder;
    for (const std::string& name : pattern) {
        if (has_wildcard(name)) break;
        folder = join(folder, name);
    }
    const auto entry = view_->find(folder);
    const Verdict verdict = entry && filter && !folder.empty() ? filter(folder, entry->is_folder()) : Verdict{};
    if (entry && (!verdict.excluded || verdict.may_reinclude)) return;
    runtime::Error error("{}, where {} would be looked for, is not in {}", quoted("/" + folder),
                         quoted(fmt::format("{}", fmt::join(pattern, "/"))), what_);
    if (entry) error.with_hint(fmt::format("it is there, but {} leaves it out", ignored_.file));
    throw error;
}

std::vector<std::string> CopySource::expand_pattern(const std::string& pattern, const Filter& filter, bool deep) const {
    const std::vector<std::string> names = overlay::path_names(pattern);
    if (has_wildcard(pattern)) require_folder_of(names, filter);
    std::vector<std::string> found = {""};
    for (std::size_t level = 0; level < names.size(); ++level) {
        std::vector<std::string> next;
        for (const std::string& parent : found)
            expand_level(parent, names[level], deep, level + 1 == names.size(), next);
        // Several ** lead to a folder in many ways; one is enough.
        std::sort(next.begin(), next.end());
        next.erase(std::unique(next.begin(), next.end()), next.end());
        found = std::move(next);
    }
    if (!has_wildcard(pattern)) return found;
    std::erase_if(found, [&](const std::string& path) {
        const auto entry = view_->find(path, false);
        if (!entry) return true;
        const Verdict verdict = filter ? filter(path, entry->is_folder()) : Verdict{};
        return verdict.excluded && !verdict.may_reinclude;
    });
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

SourceNode CopySource::scan(const overlay::ResolvedPath& start, const Filter& filter, layers::Store& store) const {
    Scan walk(*view_, filter, &store);
    SourceNode result = walk.entry(*start.entry, start.path);
    walk.remember();
    return result;
}

SourceNode CopySource::look(const overlay::ResolvedPath& start, const Filter& filter) const {
    return Scan(*view_, filter, nullptr).entry(*start.entry, start.path);
}

void digest_state(const SourceNode& node, layers::Hasher& hasher) {
    hasher.write(
        fmt::format("{}:{}.{}:{};", node.inode, node.changed.tv_sec, node.changed.tv_nsec, node.children.size()));
    for (const SourceNode& child : node.children) digest_state(child, hasher);
}

bool has_scanned_content(const SourceNode& node, const runtime::Fd& copy, const runtime::Xattrs& xattrs) {
    return node.content.empty() || digest_file(copy, node.name, xattrs) == node.content;
}

bool any_node(const SourceNode& top, bool (*wanted)(const SourceNode& node)) {
    return wanted(top) || std::any_of(top.children.begin(), top.children.end(),
                                      [&](const SourceNode& child) { return any_node(child, wanted); });
}

layers::Digest digest_tree(const SourceNode& top, const DigestUse& use) {
    return TreeDigest(use).of(top);
}

}  // namespace builder
