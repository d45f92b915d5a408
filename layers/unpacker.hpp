// Puts tar entries below a root, one by one: the common part of applying layers and of unpacking archives. Every path
// is walked by descriptor inside the root; nothing outside it can be reached, whatever the entries say.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "layers/entry_metadata.hpp"
#include "layers/layer_deletions.hpp"
#include "layers/tar_entry.hpp"
#include "layers/tar_reader.hpp"
#include "overlay/whiteout.hpp"
#include "runtime/sys/fd.hpp"

namespace layers {

/// Against archives that unpack without end.
inline constexpr std::uint64_t default_unpack_limit_bytes = std::uint64_t{1} << 40;

struct UnpackRules {
    /// Whether ".wh." names and 0/0 devices are deletions, to be marked so; otherwise ".wh." has no meaning.
    std::optional<overlay::MarkNamespace> whiteouts = std::nullopt;
    /// Where below the root the entries go.
    std::string destination = {};
    /// Folders that were there before keep their owner, mode, times and xattrs.
    bool keep_existing_folders = false;
    OwnerRules owners = {};
    /// Leave device nodes out, for user namespaces, where they cannot be made.
    bool skip_devices = false;
    /// The largest sum of the contents.
    std::uint64_t max_bytes = default_unpack_limit_bytes;
    /// See ApplyOptions.
    std::function<std::optional<struct stat>(const std::string& path)> lower_folder = nullptr;
    std::function<bool(const std::string& path)> is_lower_folder = nullptr;
};

struct UnpackStatistics {
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;           ///< of contents
    std::uint64_t ignored_xattrs = 0;  ///< the file system or the kernel would not take them
    std::uint64_t skipped_devices = 0;
    /// The folders that were made only because something lies in them; no entry says how they look.
    std::set<std::string> implied_folders = {};
    /// The entry of the folder that all of it goes into, where there is one.
    std::optional<TarEntry> root = std::nullopt;
};

class Unpacker {
public:
    /// The root outlives the unpacker.
    Unpacker(const runtime::Fd& root, UnpackRules rules);

    /// Unpacks one entry; its content is read from the reader. An entry replaces what an earlier one put in its place.
    /// Throws Error naming the entry.
    void add(const TarEntry& entry, TarReader& content);
    /// Sets what folders get last: times, and modes that would have been in the way.
    UnpackStatistics finish();

private:
    struct Place {
        const runtime::Fd& parent;
        std::string name;
        std::string path;
    };
    struct FolderEnd {
        mode_t mode;
        timespec mtime;
    };

    void put(const TarEntry& entry, TarReader& content);
    void put_at(const Place& place, const TarEntry& entry, TarReader& content);
    void put_marker(const Place& place);
    void put_root(const TarEntry& entry);
    void put_folder(const Place& place, const TarEntry& entry);
    void put_file(const Place& place, const TarEntry& entry, TarReader& content);
    void put_hard_link(const Place& place, const TarEntry& entry);
    void put_special(const Place& place, const TarEntry& entry);
    void note_implied(const runtime::Fd& folder, const std::string& path);

    /// A path of the stream without what says nothing. In archives ".." is resolved by the names alone.
    std::string path_of(const std::string& written) const;
    const runtime::Fd& parent_of(const std::string& path);
    void make_way(const Place& place) const;
    void describe_folder(const runtime::Fd& folder, const std::string& path, const TarEntry& entry);
    void write_content(const runtime::Fd& file, const TarEntry& entry, TarReader& content);

    const runtime::Fd& root_;
    UnpackRules rules_;
    EntryMetadata metadata_;
    UnpackStatistics statistics_;
    std::optional<LayerDeletions> deletions_;  ///< where ".wh." names mean them
    std::string parent_path_;
    runtime::Fd parent_;
    std::map<std::string, FolderEnd, std::greater<>> folder_ends_;  ///< children before parents
};

/// Unpacks an uncompressed tar stream below a root and reads the source to its end.
UnpackStatistics unpack(runtime::Source& tar, const runtime::Fd& root, UnpackRules rules);

}  // namespace layers
