// Folders that vanish when their scope is left, and removing whole trees by descriptor.
#pragma once

#include <string>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// Removes a name below a folder with everything in it, never following a link and never leaving the file tree below
/// it. Nothing happens where the name does not exist. Throws SystemError.
void remove_tree_at(const Fd& parent, const std::string& name);
/// The same by path.
void remove_tree(const std::string& path);

/// Owns a fresh folder, mode 0700, and removes it with its content on leaving the scope.
class TempFolder {
public:
    /// Below $TMPDIR, else /var/tmp: layers are too large for a /tmp in memory.
    TempFolder();
    explicit TempFolder(const std::string& parent);
    TempFolder(TempFolder&&) noexcept = default;
    TempFolder& operator=(TempFolder&& other) noexcept;
    ~TempFolder();

    const std::string& path() const noexcept { return path_; }
    /// The path of a name inside.
    std::string path(const std::string& name) const { return path_ + "/" + name; }
    const Fd& fd() const noexcept { return folder_; }

private:
    void remove() noexcept;

    std::string path_;
    std::string name_;
    Fd parent_;
    Fd folder_;
};

/// A file that has no name, for reading and writing, where a TempFolder would lie: what is too large for memory, and
/// gone with its last descriptor. Throws SystemError.
Fd nameless_file();

}  // namespace runtime
