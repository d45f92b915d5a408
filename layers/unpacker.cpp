#include "layers/unpacker.hpp"

#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "layers/layer_names.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folders_in_root.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/path_in_root.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace layers {
namespace {

constexpr mode_t permission_bits = 07777;
constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

enum class StepsBack { refused, taken };

/// The path without "/" at its ends, "." and empty names. A ".." takes the name before it away, whatever that is, and
/// never leads above the top; in a layer it is refused, as no honest one needs it.
std::string clean_path(std::string_view path, StepsBack steps_back) {
    std::string clean;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view name = path.substr(0, end);
        path.remove_prefix(std::min(end + 1, path.size()));
        if (name.empty() || name == ".") continue;
        if (name == "..") {
            if (steps_back == StepsBack::refused) throw runtime::Error("the path has a '..' in it");
            if (clean.empty()) throw runtime::Error("the path leads out of the archive by '..'");
            const std::size_t slash = clean.rfind('/');
            clean.erase(slash == std::string::npos ? 0 : slash);
            continue;
        }
        if (!clean.empty()) clean += '/';
        clean += name;
    }
    return clean;
}

/// The last name of a clean path, and what stands before it.
std::pair<std::string, std::string> split(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return {"", path};
    return {path.substr(0, slash), path.substr(slash + 1)};
}

std::string joined(const std::string& folder, const std::string& name) {
    if (folder.empty() || name.empty()) return folder + name;
    return folder + "/" + name;
}

bool is_null_device(const TarEntry& entry) noexcept {
    return entry.type == TarType::character_device && entry.device_major == 0 && entry.device_minor == 0;
}

mode_t type_bits(TarType type) noexcept {
    if (type == TarType::character_device) return S_IFCHR;
    return type == TarType::block_device ? S_IFBLK : S_IFIFO;
}

bool is_same_file(const struct stat& left, const struct stat& right) noexcept {
    return left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

}  // namespace

Unpacker::Unpacker(const runtime::Fd& root, UnpackRules rules)
    : root_(root), rules_(std::move(rules)), metadata_(rules_.owners) {
    rules_.destination = clean_path(rules_.destination, StepsBack::refused);
    if (rules_.whiteouts) deletions_.emplace(root_, *rules_.whiteouts, statistics_.implied_folders);
}

std::string Unpacker::path_of(const std::string& written) const {
    return clean_path(written, rules_.whiteouts ? StepsBack::refused : StepsBack::taken);
}

void Unpacker::add(const TarEntry& entry, TarReader& content) {
    try {
        put(entry, content);
    } catch (runtime::Error& error) {
        error.add_context("entry {}", runtime::quoted(entry.path));
        throw;
    }
}

void Unpacker::put(const TarEntry& entry, TarReader& content) {
    ++statistics_.entries;
    const std::string path = path_of(entry.path);
    if (rules_.whiteouts && path.starts_with(aufs_prefix) && path != opaque_marker) return;
    if (path.empty() && entry.type != TarType::folder) {
        // Archives with such entries are about; what they mean is nothing. A layer is no place for them.
        if (!rules_.whiteouts) return;
        throw runtime::Error("it has no name");
    }
    if (path.empty() && rules_.destination.empty()) return put_root(entry);
    if (path.empty()) {
        parent_of(rules_.destination);  // only made, if need be: what it looks like is for whoever named it
        return;
    }
    std::string full_path = joined(rules_.destination, path);
    auto [parent_path, name] = split(full_path);
    if (rules_.whiteouts && ("/" + parent_path).find("/.wh.") != std::string::npos)
        throw runtime::Error("the path leads through a name that means a deletion");
    // What is gone with its folder need not be deleted by itself.
    if (deletions_ && name.starts_with(whiteout_prefix) && deletions_->covers(parent_path)) return;
    put_at({parent_of(parent_path), std::move(name), std::move(full_path)}, entry, content);
}

void Unpacker::put_at(const Place& place, const TarEntry& entry, TarReader& content) {
    if (rules_.whiteouts && place.name.starts_with(whiteout_prefix)) return put_marker(place);
    if (is_null_device(entry)) {
        // To overlayfs such a device in a layer is a deletion, and layers made from upper folders by plain tar hold
        // them.
        if (deletions_) return deletions_->add(place.parent, place.name);
        throw runtime::Error("a character device 0/0 cannot be unpacked: overlayfs would take it for a deletion");
    }
    switch (entry.type) {
        case TarType::folder:
            return put_folder(place, entry);
        case TarType::file:
            return put_file(place, entry, content);
        case TarType::hard_link:
            return put_hard_link(place, entry);
        default:
            return put_special(place, entry);
    }
}

void Unpacker::put_marker(const Place& place) {
    if (place.name == opaque_marker) return deletions_->add_all_in(place.parent);
    if (place.name.starts_with(aufs_prefix)) return;
    const std::string name = place.name.substr(whiteout_prefix.size());
    if (name.empty() || name == "." || name == "..") throw runtime::Error("it deletes nothing that can be named");
    deletions_->add(place.parent, name);
}

void Unpacker::put_root(const TarEntry& entry) {
    statistics_.root = entry;
    if (rules_.keep_existing_folders) return;
    describe_folder(runtime::open_at(root_, ".", folder_flags), "", entry);
}

void Unpacker::put_folder(const Place& place, const TarEntry& entry) {
    bool was_deleted = false;
    if (::mkdirat(place.parent.get(), place.name.c_str(), 0700) != 0) {
        if (errno != EEXIST) throw runtime::SystemError("cannot make the folder");
        const auto status = runtime::stat_at(place.parent, place.name);
        if (status && S_ISDIR(status->st_mode)) {
            if (rules_.keep_existing_folders && !folder_ends_.contains(place.path)) return;
        } else {
            was_deleted = status && deletions_ && overlay::is_whiteout(*status);
            make_way(place);
            if (::mkdirat(place.parent.get(), place.name.c_str(), 0700) != 0)
                throw runtime::SystemError("cannot make the folder");
        }
    }
    runtime::Fd folder = runtime::open_at(place.parent, place.name, folder_flags);
    if (was_deleted) deletions_->add_all_in(folder);
    describe_folder(folder, place.path, entry);
    // What comes next lies mostly inside. `place.parent` is gone after this.
    parent_path_ = place.path;
    parent_ = std::move(folder);
}

void Unpacker::describe_folder(const runtime::Fd& folder, const std::string& path, const TarEntry& entry) {
    const mode_t mode = entry.mode & permission_bits;
    // The owner keeps all rights until the end, so that the content can be put in by others than root too.
    metadata_.set(folder, entry, mode | S_IRWXU);
    folder_ends_.insert_or_assign(path, FolderEnd{mode, entry.mtime});
    statistics_.implied_folders.erase(path);
}

void Unpacker::put_file(const Place& place, const TarEntry& entry, TarReader& content) {
    if (entry.size > rules_.max_bytes - std::min(rules_.max_bytes, statistics_.bytes))
        throw runtime::Error("with its {} bytes the contents exceed the limit of {} bytes", entry.size,
                             rules_.max_bytes);
    statistics_.bytes += entry.size;
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const mode_t mode = entry.mode & permission_bits;
    runtime::Fd file(::openat(place.parent.get(), place.name.c_str(), flags, mode & 0777));
    if (!file && errno == EEXIST) {
        make_way(place);
        file = runtime::Fd(::openat(place.parent.get(), place.name.c_str(), flags, mode & 0777));
    }
    if (!file) throw runtime::SystemError("cannot make the file");
    write_content(file, entry, content);
    metadata_.set(file, entry, mode);
}

void Unpacker::write_content(const runtime::Fd& file, const TarEntry& entry, TarReader& content) {
    std::uint64_t written = 0;
    while (auto piece = content.next_piece()) {
        written = piece->offset + piece->bytes.size();
        while (!piece->bytes.empty()) {
            const auto offset = static_cast<off_t>(piece->offset);
            const ssize_t count = ::pwrite(file.get(), piece->bytes.data(), piece->bytes.size(), offset);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) throw runtime::SystemError("cannot write the content");
            piece->bytes = piece->bytes.subspan(static_cast<std::size_t>(count));
            piece->offset += static_cast<std::uint64_t>(count);
        }
    }
    if (written < entry.size && ::ftruncate(file.get(), static_cast<off_t>(entry.size)) != 0)
        throw runtime::SystemError("cannot set the size");
}

void Unpacker::put_hard_link(const Place& place, const TarEntry& entry) {
    const auto [target_parent_path, target] = split(joined(rules_.destination, path_of(entry.link_target)));
    const auto target_parent = runtime::open_in_root_if_exists(root_, target_parent_path, O_RDONLY | O_DIRECTORY);
    const auto target_status = target_parent ? runtime::stat_at(*target_parent, target) : std::nullopt;
    if (!target_status)
        throw runtime::Error("a hard link to {}, which is not there", runtime::quoted(entry.link_target));
    if (S_ISDIR(target_status->st_mode))
        throw runtime::Error("a hard link to {}, which is a folder", runtime::quoted(entry.link_target));
    // Links to links are links to them, as nothing is followed.
    const auto link = [&, &target = target] {
        return ::linkat(target_parent->get(), target.c_str(), place.parent.get(), place.name.c_str(), 0) == 0;
    };
    if (!link()) {
        if (errno != EEXIST) throw runtime::SystemError("cannot link to {}", runtime::quoted(entry.link_target));
        const auto there = runtime::stat_at(place.parent, place.name);
        if (!there || !is_same_file(*there, *target_status)) {
            make_way(place);
            if (!link()) throw runtime::SystemError("cannot link to {}", runtime::quoted(entry.link_target));
        }
    }
    // The file looks as the last of its entries says.
    TarEntry looks = entry;
    if (S_ISLNK(target_status->st_mode)) looks.type = TarType::symbolic_link;
    metadata_.set_at(place.parent, place.name, looks);
}

void Unpacker::put_special(const Place& place, const TarEntry& entry) {
    const bool is_device = entry.type == TarType::character_device || entry.type == TarType::block_device;
    if (is_device && rules_.skip_devices) {
        ++statistics_.skipped_devices;
        return;
    }
    const auto make = [&] {
        const char* const name = place.name.c_str();
        if (entry.type == TarType::symbolic_link)
            return ::symlinkat(entry.link_target.c_str(), place.parent.get(), name) == 0;
        const dev_t device = is_device ? makedev(entry.device_major, entry.device_minor) : 0;
        return ::mknodat(place.parent.get(), name, type_bits(entry.type) | (entry.mode & 0777), device) == 0;
    };
    if (!make()) {
        if (errno != EEXIST) throw runtime::SystemError("cannot make it");
        make_way(place);
        if (!make()) throw runtime::SystemError("cannot make it");
    }
    metadata_.set_at(place.parent, place.name, entry);
}

/// The folder that an entry goes into. The last one is kept open: most entries lie beside the one before.
const runtime::Fd& Unpacker::parent_of(const std::string& path) {
    if (parent_ && parent_path_ == path) return parent_;
    parent_ = runtime::make_folders_in_root(
        root_, path, 0755,
        [this](const runtime::Fd& folder, const std::string& made_path) { note_implied(folder, made_path); },
        [this](const runtime::Fd& parent, const std::string& name, const std::string& made_path) {
            return deletions_ && deletions_->make_way(parent, name, made_path);
        });
    parent_path_ = path;
    return parent_;
}

void Unpacker::note_implied(const runtime::Fd& folder, const std::string& path) {
    const bool hides_below = deletions_ && deletions_->hides(path);
    const auto like = rules_.lower_folder && !hides_below ? rules_.lower_folder(path) : std::nullopt;
    metadata_.set_implied(folder, like);
    if (deletions_ && deletions_->replaces(path)) deletions_->add_all_in(folder);
    statistics_.implied_folders.insert(path);
    if (like) folder_ends_.insert_or_assign(path, FolderEnd{like->st_mode & permission_bits, like->st_mtim});
}

void Unpacker::make_way(const Place& place) const {
    runtime::remove_tree_at(place.parent, place.name);
}

UnpackStatistics Unpacker::finish() {
    if (deletions_) deletions_->drop_needless(rules_.is_lower_folder);
    for (const auto& [path, end] : folder_ends_) {
        const auto folder = runtime::open_in_root_if_exists(root_, path, folder_flags);
        if (!folder) continue;  // replaced by a later entry
        if (const int number = (end.mode & S_IRWXU) != S_IRWXU ? runtime::set_mode(*folder, end.mode) : 0; number != 0)
            throw runtime::SystemError(runtime::SystemError::Number{number}, "cannot set the mode of {}",
                                       runtime::quoted(path));
        if (::futimens(folder->get(), FileTimes(end.mtime).both) != 0)
            throw runtime::SystemError("cannot set the times of {}", runtime::quoted(path));
    }
    statistics_.ignored_xattrs = metadata_.ignored_xattrs();
    return statistics_;
}

UnpackStatistics unpack(runtime::Source& tar, const runtime::Fd& root, UnpackRules rules) {
    TarReader reader(tar);
    Unpacker unpacker(root, std::move(rules));
    while (const TarEntry* entry = reader.next()) unpacker.add(*entry, reader);
    reader.drain();
    return unpacker.finish();
}

}  // namespace layers
