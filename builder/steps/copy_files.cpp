#include "builder/steps/copy_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "builder/sources/scanned_file.hpp"
#include "overlay/file_copy.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/hard_link.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/xattr.hpp"

namespace builder {
namespace {

using overlay::MergedEntry;
using overlay::MergedFolder;
using runtime::Error;
using runtime::Fd;
using runtime::quoted;
using runtime::SystemError;

/// Below this size reading and writing is faster than copy_file_range.
constexpr off_t small_file_bytes = 256 * 1024;

std::string join(const std::string& folder, const std::string& name) {
    return folder.empty() ? name : folder + "/" + name;
}

const Fd& folder_of_layer(const MergedFolder& merged, std::size_t layer) {
    for (const MergedFolder::Part& part : merged.parts)
        if (part.layer == layer) return *part.folder;
    throw Error("a layer of a folder is not part of it");
}

/// A folder as it is now, with its xattrs.
SourceNode looked_at(const MergedEntry& folder) {
    SourceNode node = node_of(folder);
    node.has_xattrs = true;
    return node;
}

void copy_small(const Fd& from, const Fd& to, const std::string& name) {
    static thread_local std::vector<std::byte> buffer(static_cast<std::size_t>(small_file_bytes));
    for (;;) {
        const ssize_t count = ::read(from.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw SystemError("cannot read {}", quoted(name));
        if (count == 0) return;
        runtime::write_all(to, runtime::Bytes(buffer).first(static_cast<std::size_t>(count)), name);
    }
}

void give(const Fd& file, const CopyOwner& owner, const std::string& name) {
    if (const int number = runtime::set_owner(file, owner.uid, owner.gid); number != 0)
        throw SystemError(SystemError::Number{number}, "cannot set the owner of {}", quoted(name));
}

void require_mode(int number, const std::string& name) {
    if (number != 0) throw SystemError(SystemError::Number{number}, "cannot set the mode of {}", quoted(name));
}

void set_mode(const Fd& file, mode_t mode, const std::string& name) {
    require_mode(runtime::set_mode(file, mode), name);
}

}  // namespace

overlay::NewFolder CopyWriter::fresh_folder() const {
    const CopyOwner owner = options_.owner.value_or(CopyOwner{});
    return {0755, owner.uid, owner.gid};
}

/// Where a folder is copied to, with what has to be made on the way there: BuildKit takes a --chmod that is a number of
/// permission bits alone for these, too.
overlay::NewFolder CopyWriter::fresh_destination() const {
    overlay::NewFolder fresh = fresh_folder();
    if (const auto mode = options_.mode ? options_.mode->plain_number() : std::nullopt) fresh.mode = *mode;
    return fresh;
}

CopyOwner CopyWriter::owner_of(const CopySource& source, const SourceNode& node) const {
    if (options_.owner) return *options_.owner;
    if (source.keeps_owners()) return {node.uid, node.gid};
    return {};
}

mode_t CopyWriter::mode_of(const SourceNode& node) const {
    const mode_t mode = node.mode & 07777;
    return options_.mode ? options_.mode->apply(mode, node.is_folder()) : mode;
}

timespec CopyWriter::time_of(const SourceNode& node) const {
    if (options_.modified) return *options_.modified;
    return node.is_implied && options_.hides_time_of_copy ? no_time : node.modified;
}

/// Where a file goes: into the destination when that is a folder or ends with a slash, else to that very name.
CopyWriter::Target CopyWriter::choose_target(const std::string& destination, const std::string& name) {
    const overlay::ResolvedPath place = upper_.view().resolve(destination);
    const bool into_folder = destination.ends_with("/") || (place.entry && place.entry->is_folder());
    if (into_folder) {
        if (place.entry && !place.entry->is_folder()) throw Error("{} is not a folder", quoted(destination));
        return {place.path, name};
    }
    const auto slash = place.path.rfind('/');
    if (slash == std::string::npos) return {"", place.path};
    return {place.path.substr(0, slash), place.path.substr(slash + 1)};
}

void CopyWriter::clear_place(const std::string& folder_path, const Fd& folder, const std::string& name) {
    const auto entry = upper_.view().find(join("/" + folder_path, name), false);
    if (entry && entry->is_folder()) {
        if (!options_.replaces_other_types)
            throw Error("cannot replace the folder {} with a file", quoted("/" + join(folder_path, name)));
        upper_.remove(folder_path, name);
    }
    // What a lower layer has is hidden by the new file; only the upper folder's own has to go.
    if (::unlinkat(folder.get(), name.c_str(), 0) != 0) {
        if (errno != ENOENT) throw SystemError("cannot replace {}", quoted(name));
        return;
    }
    // Two names of one part meet in one place only behind the folders that an archive passes through.
    if (options_.replaces_other_types)
        std::erase_if(linked_, [path = join(folder_path, name)](const auto& link) { return link.second == path; });
}

void CopyWriter::make_folder_like(const CopySource& source, const MergedEntry& entry, const std::string& destination) {
    const overlay::ResolvedPath place = upper_.view().resolve(destination);
    if (place.entry && !place.entry->is_folder()) throw Error("{} is not a folder", quoted(destination));
    upper_.open_folder(place.path, fresh_folder());
    on_the_way_.push_back({place.path, &source, entry});
}

void CopyWriter::finish() {
    if (options_.hides_time_of_copy) hide_times();
    for (auto folder = on_the_way_.rbegin(); folder != on_the_way_.rend(); ++folder)
        set_folder_metadata(*folder->source, looked_at(folder->like), *folder->like.folder->parts.front().folder,
                            upper_.open_folder(folder->place, fresh_folder()));
    on_the_way_.clear();
}

std::string CopyWriter::make_folder(const std::string& destination) {
    return make_folder(destination, fresh_folder());
}

std::string CopyWriter::make_folder(const std::string& destination, const overlay::NewFolder& fresh) {
    const overlay::ResolvedPath place = upper_.view().resolve(destination);
    if (place.entry && !place.entry->is_folder()) throw Error("{} is not a folder", quoted(destination));
    upper_.open_folder(place.path, fresh);
    return place.path;
}

void CopyWriter::copy(const CopyPart& part, const std::string& destination) {
    // What is a link within another source is a file of its own here, and may have been replaced since.
    linked_.clear();
    if (part.tree.is_folder()) {
        const std::string resolved = make_folder(destination, fresh_destination());
        const auto from = part.source->view().find("/" + part.place.path);
        if (!from || !from->folder) throw Error("{} changed while it was being copied", quoted("/" + part.place.path));
        copy_folder_content(part, part.tree, *from->folder, resolved);
        return;
    }
    const Target target = choose_target(destination, part.name);
    const Fd folder = upper_.open_folder(target.folder, fresh_folder());
    clear_place(target.folder, folder, target.name);
    copy_leaf(part, part.tree, *part.place.entry->parent, target.folder, folder, target.name);
    upper_.note_change();
}

void CopyWriter::hide_times() {
    for (const auto& [path, before] : upper_.made_folders()) {
        const Fd folder = upper_.open_folder(path, fresh_folder());
        const auto described = like_source_.find(path);
        const timespec time = described == like_source_.end() ? before.value_or(no_time) : described->second;
        const std::array times = {time, time};
        if (::futimens(folder.get(), times.data()) != 0) throw SystemError("cannot set the times of {}", quoted(path));
    }
}

void CopyWriter::copy_itself(const CopyPart& part, const std::string& destination) {
    copy(part, destination);
    if (!part.tree.is_folder()) return;
    const Fd& like = *part.place.entry->folder->parts.front().folder;
    const std::string resolved = upper_.view().resolve(destination).path;
    set_folder_metadata(*part.source, part.tree, like, upper_.open_folder(resolved, {}));
    like_source_.insert_or_assign(resolved, time_of(part.tree));
}

void CopyWriter::copy_folder_content(const CopyPart& part, const SourceNode& node, const MergedFolder& from,
                                     const std::string& resolved) {
    const Fd folder = upper_.open_folder(resolved, fresh_folder());
    for (const SourceNode& child : node.children) {
        copy_node(part, child, from, resolved, folder, child.name, false);
        upper_.note_change();
    }
}

void CopyWriter::copy_node(const CopyPart& part, const SourceNode& node, const MergedFolder& from,
                           const std::string& folder_path, const Fd& folder, const std::string& name,
                           bool fresh_folder) {
    if (node.is_folder()) return copy_subfolder(part, node, from, folder_path, folder, name, fresh_folder);
    if (!fresh_folder) clear_place(folder_path, folder, name);
    copy_leaf(part, node, folder_of_layer(from, node.layer), folder_path, folder, name);
}

/// A folder inside a copied folder: new ones look like their source, existing ones come to look like it.
void CopyWriter::copy_subfolder(const CopyPart& part, const SourceNode& node, const MergedFolder& from,
                                const std::string& folder_path, const Fd& folder, const std::string& name, bool fresh) {
    const runtime::WalkLevel level;
    const std::string path = join(folder_path, name);
    const auto source = part.source->view().child(from, node.name);
    if (!source || !source->folder) throw Error("{} changed while it was being copied", quoted(node.name));
    std::optional<MergedEntry> there;
    if (!fresh) {
        if (node.is_implied && pass_through(part, node, *source->folder, path)) return;
        there = upper_.view().find("/" + path, false);
        if (there && !there->is_folder()) {
            if (!options_.replaces_other_types || node.is_implied)
                throw Error("cannot copy a folder over {}, which is no folder", quoted("/" + path));
            upper_.remove(folder_path, name);
            there.reset();
        }
    }
    Fd made;
    if (fresh) {
        if (::mkdirat(folder.get(), name.c_str(), 0700) != 0)
            throw SystemError("cannot make the folder {}", quoted("/" + path));
        made = runtime::open_at(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    } else {
        made = upper_.open_folder(path, this->fresh_folder());
    }
    copy_into(part, node, *source->folder, path, made, fresh || !there);
    if (!fresh && !node.is_implied) like_source_.insert_or_assign(path, time_of(node));
    set_folder_metadata(*part.source, node, folder_of_layer(*source->folder, node.layer), made);
}

bool CopyWriter::pass_through(const CopyPart& part, const SourceNode& node, const MergedFolder& from,
                              const std::string& path) {
    const overlay::ResolvedPath place = upper_.view().resolve("/" + path);
    if (!place.entry || !place.entry->is_folder()) return false;
    copy_into(part, node, from, place.path, upper_.open_folder(place.path, fresh_folder()), false);
    return true;
}

void CopyWriter::copy_into(const CopyPart& part, const SourceNode& node, const MergedFolder& from,
                           const std::string& folder_path, const Fd& folder, bool is_new) {
    for (const SourceNode& child : node.children) copy_node(part, child, from, folder_path, folder, child.name, is_new);
}

void CopyWriter::copy_leaf(const CopyPart& part, const SourceNode& node, const Fd& from, const std::string& folder_path,
                           const Fd& folder, const std::string& name) {
    if (S_ISSOCK(node.mode)) return;  // It means nothing without the process behind it, and a layer has no word for it.
    if (node.links > 1) {
        const auto [known, is_first] = linked_.try_emplace({node.device, node.inode}, join(folder_path, name));
        if (!is_first) {
            if (const int number = runtime::link_beneath(upper_.folder(), known->second, folder, name); number != 0)
                throw SystemError(SystemError::Number{number}, "cannot link {}", quoted(name));
            return;
        }
    }
    if (S_ISREG(node.mode)) return copy_file(part, node, from, folder, name);
    if (S_ISLNK(node.mode)) {
        if (::symlinkat(node.content.c_str(), folder.get(), name.c_str()) != 0)
            throw SystemError("cannot make the link {}", quoted(name));
    } else if (::mknodat(folder.get(), name.c_str(), node.mode & S_IFMT, node.special_device) != 0) {
        throw SystemError("cannot make the device {}", quoted(name));
    }
    set_metadata(part, node, folder, name);
}

void CopyWriter::copy_file(const CopyPart& part, const SourceNode& node, const Fd& from, const Fd& folder,
                           const std::string& name) {
    const Fd source = open_scanned(from, node);
    require_scanned(looks_as_scanned(node, source), node);
    const Fd file = runtime::open_at(folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    node.size_bytes <= small_file_bytes ? copy_small(source, file, name) : overlay::copy_content(source, file, name);
    const runtime::Xattrs xattrs = node.has_xattrs ? copied_xattrs(source) : runtime::Xattrs{};
    // Nobody writes to what is in the store.
    if (!part.source->keeps_owners()) require_scanned(is_copy_of_scanned(node, source, file, xattrs), node);
    const CopyOwner owner = owner_of(*part.source, node);
    give(file, owner, name);
    set_mode(file, mode_of(node), name);
    for (const auto& [xattr, value] : xattrs) runtime::set_xattr_at(folder, name, xattr, value);
    const std::array times = {time_of(node), time_of(node)};
    if (::futimens(file.get(), times.data()) != 0) throw SystemError("cannot set the times of {}", quoted(name));
}

/// The cache key speaks of what was scanned.
void CopyWriter::require_scanned(bool is_what_was_scanned, const SourceNode& node) {
    if (is_what_was_scanned) return;
    if (!options_.takes_changes) throw changed_meanwhile(node);
    has_changes_ = true;
}

void CopyWriter::set_metadata(const CopyPart& part, const SourceNode& node, const Fd& folder, const std::string& name) {
    const CopyOwner owner = owner_of(*part.source, node);
    if (const int number = runtime::set_owner_at(folder, name, owner.uid, owner.gid); number != 0)
        throw SystemError(SystemError::Number{number}, "cannot set the owner of {}", quoted(name));
    if (!S_ISLNK(node.mode)) require_mode(runtime::set_mode_at(folder, name, mode_of(node)), name);
    const std::array times = {time_of(node), time_of(node)};
    if (::utimensat(folder.get(), name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0)
        throw SystemError("cannot set the times of {}", quoted(name));
}

void CopyWriter::set_folder_metadata(const CopySource& source, const SourceNode& node, const Fd& from,
                                     const Fd& folder) {
    const CopyOwner owner = owner_of(source, node);
    give(folder, owner, node.name);
    set_mode(folder, mode_of(node), node.name);
    const runtime::Xattrs xattrs = node.has_xattrs ? copied_xattrs(from) : runtime::Xattrs{};
    require_scanned(node.content.empty() || text_of(xattrs) == node.content, node);
    for (const auto& [xattr, value] : xattrs) runtime::set_xattr_at(folder, ".", xattr, value);
    const std::array times = {time_of(node), time_of(node)};
    if (::futimens(folder.get(), times.data()) != 0) throw SystemError("cannot set the times of {}", quoted(node.name));
}

void CopyWriter::write_file(const std::string& destination, const std::string& name, const Fd& content, mode_t mode,
                            std::optional<timespec> modified) {
    const Target target = choose_target(destination, name);
    const Fd folder = upper_.open_folder(target.folder, fresh_folder());
    clear_place(target.folder, folder, target.name);
    const Fd file = runtime::open_at(folder, target.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    overlay::copy_content(content, file, target.name);
    const CopyOwner owner = options_.owner.value_or(CopyOwner{});
    give(file, owner, name);
    const mode_t wanted = options_.mode ? options_.mode->apply(mode, false) : mode;
    set_mode(file, wanted, name);
    if (options_.modified) modified = options_.modified;
    if (modified) {
        const std::array times = {*modified, *modified};
        if (::futimens(file.get(), times.data()) != 0) throw SystemError("cannot set the times of {}", quoted(name));
    }
    upper_.note_change();
}

}  // namespace builder
