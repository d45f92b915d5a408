// Owner, mode, times and xattrs of a tar entry, set on what was made for it, in the order that keeps them: changing the
// owner clears setuid bits and capabilities, and everything changes the times.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "layers/layer_writer.hpp"
#include "layers/tar_entry.hpp"
#include "runtime/sys/fd.hpp"

namespace layers {

struct OwnerRules {
    /// The owner of everything, instead of the entries'.
    std::optional<Owner> fixed = std::nullopt;
    /// From owners as they stand in the stream to owners on disk; empty means as they are.
    std::function<Owner(Owner)> map = nullptr;
    /// Go on where an owner cannot be set, as when a user without subordinate IDs unpacks.
    bool ignore_errors = false;
};

class EntryMetadata {
public:
    explicit EntryMetadata(OwnerRules rules) : rules_(std::move(rules)) {}

    /// Sets everything on an open file or folder. The mode is given apart, as a folder may need another one at first.
    void set(const runtime::Fd& file, const TarEntry& entry, mode_t mode);
    /// The same on what cannot be opened: links and special files.
    void set_at(const runtime::Fd& parent, const std::string& name, const TarEntry& entry);
    /// The owner and mode of a folder that the stream has no entry for.
    void set_implied(const runtime::Fd& folder, const std::optional<struct stat>& like);

    /// How many xattrs the file system or the kernel would not take.
    std::uint64_t ignored_xattrs() const noexcept { return ignored_xattrs_; }

private:
    Owner owner_of(const TarEntry& entry) const;
    void check_owner(int number, const Owner& owner) const;
    void note_xattr(int error, const std::string& name);

    OwnerRules rules_;
    std::uint64_t ignored_xattrs_ = 0;
};

/// The time in the form that utimensat takes for access and modification; nanoseconds out of range become 0.
struct FileTimes {
    explicit FileTimes(timespec time) noexcept;
    timespec both[2];
};

}  // namespace layers
