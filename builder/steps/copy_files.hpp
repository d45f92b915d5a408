// Writing what a COPY names into an upper folder, by the rules of the language.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "builder/sources/source_tree.hpp"
#include "builder/syntax/mode_change.hpp"
#include "overlay/upper_folder.hpp"

namespace builder {

struct CopyOwner {
    uid_t uid = 0;
    gid_t gid = 0;
};

struct CopyOptions {
    std::optional<CopyOwner> owner;                   ///< --chown; else the source's own, or root for a context
    std::optional<ModeChange> mode;                   ///< --chmod
    std::optional<timespec> modified = std::nullopt;  ///< the time of everything that is copied, else the source's own
    /// Folders that are only on the way to what is copied keep the time that they have below, or have none: the layer
    /// does not tell when it was made.
    bool hides_time_of_copy = false;
    /// As archives are unpacked: whatever stands in the way of something of another type goes.
    bool replaces_other_types = false;
    /// A file that changed since it was scanned is copied as it is, and has_changes() tells; else that is an Error.
    bool takes_changes = false;
};

/// One thing to copy: a scanned tree and where it lies in its source.
struct CopyPart {
    const CopySource* source = nullptr;
    overlay::ResolvedPath place;  ///< in the source
    SourceNode tree;
    std::string name;  ///< the last name as the user wrote it: what a file is called inside a folder
};

/// Copies parts to one destination. Files that one part holds as hard links of each other stay so.
class CopyWriter {
public:
    CopyWriter(overlay::UpperFolder& upper, const CopyOptions& options) : upper_(upper), options_(options) {}

    /// `destination` is absolute inside the root; with a slash at its end it is a folder. Throws Error.
    void copy(const CopyPart& part, const std::string& destination);
    /// Writes a file that is no file anywhere: a here-document, a download.
    void write_file(const std::string& destination, const std::string& name, const runtime::Fd& content, mode_t mode,
                    std::optional<timespec> modified);
    /// The same, but the destination, which is not there yet, comes to look like the part, even where that is a folder.
    void copy_itself(const CopyPart& part, const std::string& destination);
    /// Makes a folder with its parents, unless it is there, and gives its resolved path.
    std::string make_folder(const std::string& destination);
    /// Makes sure that a folder of the source is there. How it looks is set by finish(), as what goes into it changes
    /// its time.
    void make_folder_like(const CopySource& source, const overlay::MergedEntry& entry, const std::string& destination);
    /// What another writer has given the metadata of its source keeps them: for one that wrote into the same folder.
    void keep_metadata_of(const CopyWriter& other) {
        for (const auto& [path, time] : other.like_source_) like_source_.insert_or_assign(path, time);
    }
    /// After the last copy.
    void finish();
    /// Whether something that was copied is not what was scanned.
    bool has_changes() const noexcept { return has_changes_; }
    /// The time of what is there only for something in it, where no other is known.
    static constexpr timespec no_time{0, 0};

private:
    struct Target {
        std::string folder;  ///< resolved
        std::string name;
    };
    Target choose_target(const std::string& destination, const std::string& name);
    overlay::NewFolder fresh_folder() const;
    overlay::NewFolder fresh_destination() const;
    std::string make_folder(const std::string& destination, const overlay::NewFolder& fresh);
    CopyOwner owner_of(const CopySource& source, const SourceNode& node) const;
    mode_t mode_of(const SourceNode& node) const;
    timespec time_of(const SourceNode& node) const;
    void copy_folder_content(const CopyPart& part, const SourceNode& node, const overlay::MergedFolder& from,
                             const std::string& resolved);
    void copy_node(const CopyPart& part, const SourceNode& node, const overlay::MergedFolder& from,
                   const std::string& folder_path, const runtime::Fd& folder, const std::string& name,
                   bool fresh_folder);
    void copy_subfolder(const CopyPart& part, const SourceNode& node, const overlay::MergedFolder& from,
                        const std::string& folder_path, const runtime::Fd& folder, const std::string& name, bool fresh);
    void copy_leaf(const CopyPart& part, const SourceNode& node, const runtime::Fd& from,
                   const std::string& folder_path, const runtime::Fd& folder, const std::string& name);
    void copy_file(const CopyPart& part, const SourceNode& node, const runtime::Fd& from, const runtime::Fd& folder,
                   const std::string& name);
    void require_scanned(bool is_what_was_scanned, const SourceNode& node);
    void set_metadata(const CopyPart& part, const SourceNode& node, const runtime::Fd& folder, const std::string& name);
    void set_folder_metadata(const CopySource& source, const SourceNode& node, const runtime::Fd& from,
                             const runtime::Fd& folder);
    void copy_into(const CopyPart& part, const SourceNode& node, const overlay::MergedFolder& from,
                   const std::string& folder_path, const runtime::Fd& folder, bool is_new);
    /// A folder that is only passed through: what is there stays as it is, and a link to a folder is followed.
    bool pass_through(const CopyPart& part, const SourceNode& node, const overlay::MergedFolder& from,
                      const std::string& path);
    void hide_times();
    /// Makes way for a file.
    void clear_place(const std::string& folder_path, const runtime::Fd& folder, const std::string& name);

    overlay::UpperFolder& upper_;
    const CopyOptions& options_;
    /// Where the first name of a file with several names went, in the upper folder: for the part being copied.
    std::map<std::pair<dev_t, ino_t>, std::string> linked_;
    struct FolderOnTheWay {
        std::string place;  ///< resolved
        const CopySource* source;
        overlay::MergedEntry like;
    };
    std::vector<FolderOnTheWay> on_the_way_;  ///< parents first
    /// Folders that look as a source says, by resolved path: their times.
    std::map<std::string, timespec> like_source_;
    bool has_changes_ = false;
};

}  // namespace builder
