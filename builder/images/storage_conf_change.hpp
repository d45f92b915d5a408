// A change of storage.conf that has been thought out, and not yet made.
#pragma once

#include <string>

namespace builder {

class StorageConfChange {
public:
    /// Names the store in the file that Podman reads for this user, or writes one that says what held till now and
    /// names it. Throws Error for a file that cannot be understood or edited, and where Podman has another driver than
    /// overlay.
    static StorageConfChange naming(const std::string& store);
    /// Takes the store out of a file; a file that only setup wrote goes.
    static StorageConfChange forgetting(const std::string& store, const std::string& file);

    const std::string& file() const noexcept { return file_; }
    bool changes() const noexcept { return before_ != after_ || exists_ != keeps_; }
    /// One sentence for who is asked.
    std::string describe() const;

    /// Makes it, whole or not at all; a link is followed. Throws Error where the file belongs to somebody else or
    /// cannot be written.
    void apply() const;

private:
    std::string file_;
    std::string store_;
    std::string before_;
    std::string after_;
    bool exists_ = false;
    bool keeps_ = true;  ///< whether there is a file afterwards
};

}  // namespace builder
