#include "runtime/emulated/mount_table.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "runtime/base/error.hpp"
#include "runtime/emulated/refusal.hpp"
#include "runtime/sys/file.hpp"

namespace runtime::emulated {

bool is_within(std::string_view path, std::string_view folder) noexcept {
    if (!path.starts_with(folder)) return false;
    return path.size() == folder.size() || path[folder.size()] == '/' || folder == "/";
}

std::string path_of_descriptor(const Fd& file) {
    std::array<char, 4097> text;
    const ssize_t length = ::readlink(fd_path(file).c_str(), text.data(), text.size());
    checked(length);
    return {text.data(), static_cast<std::size_t>(length)};
}

std::string path_without_mark(std::string path) {
    constexpr std::string_view mark = " (deleted)";
    if (path.ends_with(mark)) path.resize(path.size() - mark.size());
    return path;
}

MountTable::MountTable(const Fd& root) {
    // References to its elements stay what they are.
    mounts_.reserve(4096);
    add("", root);
}

Mount& MountTable::add(std::string target, const Fd& place) {
    if (mounts_.size() == mounts_.capacity()) throw Error("there are too many mounts");
    Mount mount;
    mount.target = std::move(target);
    mount.place = place.duplicate();
    mount.source = path_without_mark(path_of_descriptor(place));
    mount.is_folder = S_ISDIR(stat_of(place).st_mode);
    return mounts_.emplace_back(std::move(mount));
}

namespace {

bool is_gone(const Fd& terminal) {
    struct stat status {};
    return ::fstat(terminal.get(), &status) != 0 || status.st_nlink == 0;
}

}  // namespace

void MountTable::show_terminal(unsigned number) {
    std::erase_if(terminals_, [](const auto& one) { return is_gone(one.second); });
    for (const Mount& mount : mounts_) {
        if (mount.kind != Mount::Kind::terminals) continue;
        Fd place(::openat(mount.place.get(), std::to_string(number).c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
        if (place) terminals_.insert_or_assign(number, std::move(place));
    }
}

const Fd* MountTable::terminal(unsigned number) const {
    const auto found = terminals_.find(number);
    return found == terminals_.end() || is_gone(found->second) ? nullptr : &found->second;
}

const Mount* MountTable::at(std::string_view path) const noexcept {
    for (auto mount = mounts_.rbegin(); mount != mounts_.rend(); ++mount) {
        if (mount->target == path) return &*mount;
        // What was put on top of a folder above hides it.
        if (is_within(path, mount->target)) return nullptr;
    }
    return nullptr;
}

const Mount& MountTable::below(std::string_view path) const noexcept {
    for (auto mount = mounts_.rbegin(); mount != mounts_.rend(); ++mount)
        if (is_within(path, mount->target)) return *mount;
    return mounts_.front();
}

bool MountTable::has_below(std::string_view path) const noexcept {
    return std::any_of(mounts_.begin() + 1, mounts_.end(), [&](const Mount& mount) {
        return mount.target.size() > path.size() && is_within(mount.target, path);
    });
}

bool MountTable::is_masked(std::string_view path) const noexcept {
    return std::any_of(masked_.begin(), masked_.end(), [&](const std::string& one) { return is_within(path, one); });
}

bool MountTable::is_read_only(const Mount& mount, std::string_view path) const noexcept {
    return mount.read_only || std::any_of(read_only_.begin(), read_only_.end(),
                                          [&](const std::string& one) { return is_within(path, one); });
}

std::optional<std::string> MountTable::path_in_container(const std::string& path) const {
    const Mount* best = nullptr;
    for (const Mount& mount : mounts_) {
        if (!is_within(path, mount.source)) continue;
        if (best == nullptr || mount.source.size() >= best->source.size()) best = &mount;
    }
    if (best == nullptr) return std::nullopt;
    std::string rest = path.substr(best->source == "/" ? 0 : best->source.size());
    if (rest == "/") rest.clear();
    return best->target + rest;
}

}  // namespace runtime::emulated
