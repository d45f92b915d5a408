// Mounts by descriptor: the mount API of Linux 5.2 and later (fsopen, fsmount, open_tree, move_mount, mount_setattr).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// A file system that is being configured: each call is one option, so that there is no limit on their length.
class FilesystemContext {
public:
    explicit FilesystemContext(const char* type);
    FilesystemContext& set(const char* key, const std::string& value);
    FilesystemContext& set_flag(const char* key);
    /// Whether the kernel takes the option; other errors than EINVAL throw.
    bool try_set(const char* key, const std::string& value);
    /// Whether the kernel says by itself that it does not know a flag, before the file system is made.
    bool refuses_at_once(const char* key) const;
    /// Makes the file system; attributes are MOUNT_ATTR_*. The mount is attached nowhere and goes with its descriptor.
    Fd mount(unsigned attributes);

private:
    [[noreturn]] void fail(int number, const std::string& act) const;
    Fd context_;
    std::string type_;
};

/// A detached copy of the mount at a place, recursively where asked: what a bind mount is made of.
Fd clone_mount(const Fd& place, bool recursive);

/// Decides for this process what hold_tree() gives: it mounts until this says otherwise.
void hold_places_instead_of_mounts() noexcept;
/// What a container is to see of a place: a copy of the mount, or the place itself where nothing can be mounted.
Fd hold_tree(const Fd& place, bool recursive);

/// Sets MOUNT_ATTR_* on a detached or attached mount, and with MS_PRIVATE, MS_SLAVE or MS_SHARED how it spreads.
void set_mount_attributes(const Fd& mount, std::uint64_t set, bool recursive, std::uint64_t propagation = 0);

/// Shows the files of a detached mount with the owners that a user namespace maps them to, MOUNT_ATTR_IDMAP of
/// mount_setattr(2): what belongs to ID n on the disk belongs to what n is outside of the namespace. Throws
/// SystemError.
void shift_owners(const Fd& mount, const Fd& user_namespace);

/// Attaches a detached mount at a place. Both are descriptors, so that no path can be swapped in between.
void attach_mount(const Fd& mount, const Fd& target);

/// Makes every mount of this mount namespace private, so that nothing spreads out of it or into it.
void make_all_mounts_private();

}  // namespace runtime
