#include "runtime/sys/mounts.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <atomic>

#include "runtime/base/error.hpp"

namespace runtime {
namespace {

std::atomic<bool> holds_places = false;

}  // namespace

FilesystemContext::FilesystemContext(const char* type) : context_(::fsopen(type, FSOPEN_CLOEXEC)), type_(type) {
    if (!context_) throw SystemError("cannot open a file system of type {}", type);
}

void FilesystemContext::fail(int number, const std::string& act) const {
    // The kernel's own words, where it left some: "e overlay: …".
    std::array<char, 512> text{};
    const ssize_t length = ::read(context_.get(), text.data(), text.size() - 1);
    std::string reason = length > 2 ? fmt::format(" ({}", std::string_view(text.data() + 2)) : "";
    while (reason.ends_with("\n")) reason.pop_back();
    if (!reason.empty()) reason += ")";
    throw SystemError(SystemError::Number{number}, "cannot {} for a {} mount{}", act, type_, reason);
}

FilesystemContext& FilesystemContext::set(const char* key, const std::string& value) {
    if (::fsconfig(context_.get(), FSCONFIG_SET_STRING, key, value.c_str(), 0) != 0)
        fail(errno, fmt::format("set {}={}", key, value));
    return *this;
}

FilesystemContext& FilesystemContext::set_flag(const char* key) {
    if (::fsconfig(context_.get(), FSCONFIG_SET_FLAG, key, nullptr, 0) != 0) fail(errno, fmt::format("set {}", key));
    return *this;
}

bool FilesystemContext::try_set(const char* key, const std::string& value) {
    if (::fsconfig(context_.get(), FSCONFIG_SET_STRING, key, value.c_str(), 0) == 0) return true;
    if (errno == EINVAL) return false;
    fail(errno, fmt::format("set {}={}", key, value));
}

bool FilesystemContext::refuses_at_once(const char* key) const {
    return ::fsconfig(context_.get(), FSCONFIG_SET_FLAG, key, nullptr, 0) != 0 && errno == EINVAL;
}

Fd FilesystemContext::mount(unsigned attributes) {
    if (::fsconfig(context_.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0)
        fail(errno, "create the file system");
    Fd mount(::fsmount(context_.get(), FSMOUNT_CLOEXEC, attributes));
    if (!mount) fail(errno, "make the mount");
    return mount;
}

Fd clone_mount(const Fd& place, bool recursive) {
    const unsigned flags = AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? AT_RECURSIVE : 0U);
    Fd tree(::open_tree(place.get(), "", flags));
    if (!tree) throw SystemError("cannot copy a mount");
    return tree;
}

void hold_places_instead_of_mounts() noexcept {
    holds_places = true;
}

Fd hold_tree(const Fd& place, bool recursive) {
    return holds_places ? place.duplicate() : clone_mount(place, recursive);
}

void set_mount_attributes(const Fd& mount, std::uint64_t set, bool recursive, std::uint64_t propagation) {
    mount_attr attributes{};
    attributes.attr_set = set;
    attributes.propagation = propagation;
    const unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0U);
    if (::mount_setattr(mount.get(), "", flags, &attributes, sizeof attributes) != 0)
        throw SystemError("cannot set the attributes of a mount");
}

void shift_owners(const Fd& mount, const Fd& user_namespace) {
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_IDMAP;
    attributes.userns_fd = static_cast<std::uint64_t>(user_namespace.get());
    if (::mount_setattr(mount.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0)
        throw SystemError("cannot shift the owners of the files of a mount")
            .with_hint("the file system of the store must support it (idmapped mounts), as ext4, xfs and btrfs do");
}

void attach_mount(const Fd& mount, const Fd& target) {
    if (::move_mount(mount.get(), "", target.get(), "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0)
        throw SystemError("cannot attach a mount");
}

void make_all_mounts_private() {
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        throw SystemError("cannot make the mounts private");
}

}  // namespace runtime
