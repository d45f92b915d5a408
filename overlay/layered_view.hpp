// What stacked folders look like as one tree, without mounting them: the rules of overlayfs for whiteouts, opaque
// folders and merged folders, walked by descriptor. Links are resolved as a process inside the root would resolve them.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "overlay/whiteout.hpp"
#include "runtime/sys/fd.hpp"

namespace overlay {

/// A folder of the merged tree: the folders of the layers that take part in it, topmost first.
struct MergedFolder {
    struct Part {
        std::size_t layer;
        std::shared_ptr<const runtime::Fd> folder;
        bool may_be_read = true;  ///< false: the rights of this process end here; whoever wants what is in it is told
    };
    std::vector<Part> parts;
};

/// One name of the merged tree.
struct MergedEntry {
    struct stat status {};
    std::size_t layer = 0;                      ///< the topmost one that has it
    std::shared_ptr<const runtime::Fd> parent;  ///< the folder in that layer that holds the name
    std::string name;
    std::optional<MergedFolder> folder;  ///< where it is one

    bool is_folder() const noexcept { return S_ISDIR(status.st_mode); }
    bool is_link() const noexcept { return S_ISLNK(status.st_mode); }
    bool is_file() const noexcept { return S_ISREG(status.st_mode); }
};

/// A path as the merged tree resolves it.
struct ResolvedPath {
    std::string path;                  ///< without links, "." and ".."; "" is the root, no slash in front
    std::optional<MergedEntry> entry;  ///< nothing where it does not exist
};

class LayeredView {
public:
    /// Opens the folders, topmost first. Throws SystemError.
    LayeredView(const std::vector<std::string>& folders, MarkNamespace marks);
    /// The same with one more folder on top; the others' descriptors are shared.
    LayeredView(const LayeredView& below, const std::string& top_folder);

    MarkNamespace marks() const noexcept { return marks_; }

    MergedFolder root() const;
    /// One name in a folder; links are not followed. A folder that may not be read is found like any other.
    std::optional<MergedEntry> child(const MergedFolder& folder, const std::string& name) const;
    /// The names in a folder, sorted by their bytes. Throws SystemError where it may not be read.
    std::vector<std::string> list(const MergedFolder& folder) const;

    /// Resolves a path inside the root; the last name is followed where it is a link, if asked for. Parts that do not
    /// exist stay as they are written. Throws Error for a loop of links, or where a file stands in the way.
    ResolvedPath resolve(const std::string& path, bool follow_last = true) const;
    std::optional<MergedEntry> find(const std::string& path, bool follow_last = true) const {
        return resolve(path, follow_last).entry;
    }

    std::string read_link(const MergedEntry& link) const;
    /// Opens a file for reading, in the layer that has it.
    runtime::Fd open_file(const MergedEntry& file) const;
    /// The text of a small file, or nothing where there is none.
    std::optional<std::string> read_text(const std::string& path, std::size_t limit_bytes) const;

private:
    std::vector<std::shared_ptr<const runtime::Fd>> folders_;
    MarkNamespace marks_;
};

/// The names of a path: "/a//b/." gives a, b, "."; empty ones are left out.
std::vector<std::string> path_names(std::string_view path);

}  // namespace overlay
