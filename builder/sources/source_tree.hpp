// What a COPY reads: a part of a context, a stage or an image, walked once, with a digest for every file.
#pragma once

#include <sys/stat.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "layers/store/store.hpp"
#include "overlay/layered_view.hpp"
#include "runtime/sys/xattr.hpp"

namespace builder {

/// One file, link or folder of a source, with what a copy needs of it.
struct SourceNode {
    std::string name;
    mode_t mode = 0;  ///< type and permissions
    uid_t uid = 0;
    gid_t gid = 0;
    off_t size_bytes = 0;
    timespec modified{};
    timespec changed{};
    dev_t device = 0;  ///< where the file lies
    ino_t inode = 0;
    nlink_t links = 1;
    dev_t special_device = 0;
    std::size_t layer = 0;  ///< of the view it came from
    bool has_xattrs = false;
    bool is_settled = true;    ///< a file: when it was scanned it was old enough, and closed to writers, so that its
                               ///< times tell of a later change
    bool has_writers = false;  ///< a file: somebody could write to it when it was scanned
    bool is_implied = false;   ///< a folder that no entry of an archive describes: one that is there stays as it is
    std::string content;  ///< a file: raw SHA-256 over content and xattrs; a link: its target; a folder: its xattrs
    std::vector<SourceNode> children;

    bool is_folder() const noexcept { return S_ISDIR(mode); }
};

/// What a copy needs of an entry, besides what is in it.
SourceNode node_of(const overlay::MergedEntry& entry);

/// A tree that can be copied from. Thread-safe once it is made.
class CopySource {
public:
    /// Decides over a path without a leading slash. `may_reinclude` matters for folders only: something below it
    /// counts.
    struct Verdict {
        bool excluded = false;
        bool may_reinclude = false;
    };
    using Filter = std::function<Verdict(const std::string& path, bool is_folder)>;

    /// What a source leaves out, and the name of the file that says so.
    struct Ignored {
        Filter filter;
        std::string file;
    };

    /// `keeps_owners`: a stage or an image; files of a context belong to root. `what` names it in messages.
    /// `folders` are those of the view, topmost first.
    CopySource(std::vector<std::string> folders, bool keeps_owners, std::string what, Ignored ignored = {})
        : folders_(std::move(folders)),
          view_(std::make_shared<overlay::LayeredView>(folders_, overlay::store_marks())),
          keeps_owners_(keeps_owners),
          what_(std::move(what)),
          ignored_(std::move(ignored)) {}

    const std::vector<std::string>& folders() const noexcept { return folders_; }

    const overlay::LayeredView& view() const noexcept { return *view_; }
    bool keeps_owners() const noexcept { return keeps_owners_; }
    const std::string& what() const noexcept { return what_; }
    /// Empty where nothing is left out.
    const Filter& filter() const noexcept { return ignored_.filter; }
    const std::string& ignore_file() const noexcept { return ignored_.file; }

    /// The paths below the root that a pattern with wildcards names, sorted. A pattern without wildcards gives itself.
    /// `deep`: "**" stands for any number of folders; else it is as "*". Throws Error where the folder in which the
    /// first wildcard stands is not there: that is a slip, as a path without wildcards would be.
    std::vector<std::string> expand_pattern(const std::string& pattern, const Filter& filter, bool deep) const;

    /// Walks what lies at a resolved path, with digests out of the store's memory where files have not changed.
    /// Folders come with all that is below them and not excluded. Throws Error for a file that cannot be read.
    SourceNode scan(const overlay::ResolvedPath& start, const Filter& filter, layers::Store& store) const;
    /// The same without digests: for copies that no key depends on. No file is read.
    SourceNode look(const overlay::ResolvedPath& start, const Filter& filter) const;

private:
    void require_folder_of(const std::vector<std::string>& pattern, const Filter& filter) const;
    void expand_level(const std::string& parent, const std::string& name, bool deep, bool is_last,
                      std::vector<std::string>& found) const;
    std::vector<std::string> folders_;
    std::shared_ptr<const overlay::LayeredView> view_;
    bool keeps_owners_;
    std::string what_;
    Ignored ignored_;
};

/// What of a tree matters to a step.
struct DigestUse {
    bool with_owners = false;
    bool with_sockets = false;  ///< a mount shows them; they are never copied
};

/// A digest of everything of a tree that a cache key must cover: types, modes, content, xattrs (of the top only where
/// it is a file), names below the top, and which files are hard links of each other. Times are not: they do not matter
/// to a build.
layers::Digest digest_tree(const SourceNode& top, const DigestUse& use);

/// Tells one state of a tree in time from all others, even where everything was put back: by inodes and their ctimes.
void digest_state(const SourceNode& node, layers::Hasher& hasher);

/// Whether a copy of a file, read from its beginning, has the content that was scanned; true where none was digested.
bool has_scanned_content(const SourceNode& node, const runtime::Fd& copy, const runtime::Xattrs& xattrs);

/// Whether `wanted` holds of any file of a tree.
bool any_node(const SourceNode& top, bool (*wanted)(const SourceNode& node));

/// In one text, which tells any two apart.
std::string text_of(const runtime::Xattrs& xattrs);

/// Those of a folder that go with it, in one text; mostly empty.
std::string xattrs_of_folder(const overlay::MergedEntry& entry);

/// The xattrs that belong to the file and go with it: not overlayfs' own, and not labels of this host.
runtime::Xattrs copied_xattrs(const runtime::Fd& file);

}  // namespace builder
