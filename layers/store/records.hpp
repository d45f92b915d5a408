// The rows of the store as data.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "layers/digest.hpp"

namespace layers {

/// How the times of a layer's files become those of its tar.
struct TimeRule {
    std::optional<std::int64_t> clamp_seconds = std::nullopt;  ///< later times become this one; seconds since 1970
    bool clamp_all = false;                                    ///< earlier ones too
};

/// A folder that a layer puts things into without describing it, and what it looked like in the layers below. Where
/// they had none, all is 0.
struct BorrowedFolder {
    std::string path;
    std::uint32_t mode = 0;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::int64_t mtime_seconds = 0;
    std::int64_t mtime_nanoseconds = 0;
    bool operator==(const BorrowedFolder&) const = default;
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(path, mode, uid, gid, mtime_seconds, mtime_nanoseconds);
    }
};

struct LayerRecord {
    std::int64_t id = 0;
    Digest diff_id;
    std::string folder;  ///< absolute path of the folder with the layer's files
    std::int64_t tar_bytes = 0;
    TimeRule times = {};
    std::vector<BorrowedFolder> borrowed = {};  ///< the layer is this one only above layers where they look so

    /// False where somebody took its files away: then the record is worth nothing.
    bool is_there() const noexcept { return ::access(folder.c_str(), F_OK) == 0; }
};

/// A layer that has just been unpacked.
struct NewLayer {
    std::string folder;  ///< adopted
    Digest diff_id;
    std::int64_t tar_bytes = 0;
    TimeRule times = {};
    std::vector<BorrowedFolder> borrowed = {};
};

struct ImageRecord {
    Digest id;  ///< digest of the configuration
    std::string config;
    std::string manifest;
    Digest manifest_digest;
    std::string media_type;  ///< of the manifest
    std::string created;     ///< RFC 3339
    std::int64_t size_bytes = 0;
    std::int64_t added_at = 0;       ///< nanoseconds since 1970
    std::vector<std::string> names;  ///< canonical, the one given last first
};

/// What an image is made of when it enters the store.
struct NewImage {
    std::string config;
    std::string manifest;
    std::string media_type;
    std::string created;
    std::vector<LayerRecord> layers;  ///< of the store, bottom first
    std::vector<std::string> names;
    /// Of somebody else: an image of the same configuration keeps the manifest that it has.
    bool is_foreign = false;
};

/// One part of what a cache key was made of.
struct KeyInput {
    std::string name;
    std::string value;
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(name, value);
    }
};

struct CacheRecord {
    Digest key;
    Digest step;  ///< parent and instruction without the contents of the inputs
    std::optional<LayerRecord> layer;
    std::string created;       ///< RFC 3339
    std::string below = "";    ///< what it was made on: the run of the step below, or the digest of an image's layers
    std::string run = "";      ///< names this run of the step
    std::int64_t took_ms = 0;  ///< this run
};

/// A working container.
struct ContainerRecord {
    std::int64_t number = 0;  ///< in the order in which they were made
    std::string id;           ///< 64 hex digits
    std::string name;
    std::optional<Digest> image_id;   ///< nothing where it was made from nothing
    std::string image_name;           ///< canonical; may be empty
    std::string folder;               ///< absolute; its "diff" takes what is written
    std::string state;                ///< configuration and settings as the builder wrote them
    std::int64_t created_at = 0;      ///< seconds since 1970
    std::vector<LayerRecord> layers;  ///< what commits made of its folders so far, bottom first

    std::string diff_path() const { return folder + "/diff"; }
};

struct NewContainer {
    std::string name;             ///< wanted
    bool may_be_numbered = true;  ///< a name that is taken gets -1, -2, …
    std::optional<Digest> image_id;
    std::string image_name;
    std::string state;
};

struct BlobRecord {
    Digest digest;
    std::int64_t size_bytes = 0;
    std::optional<Digest> diff_id;
};

/// What an address gave when it was last fetched.
struct DownloadRecord {
    std::string url;
    std::string etag;           ///< as the server gave it, or empty
    std::string last_modified;  ///< the same
    Digest digest;
    std::string file_name;
    std::optional<std::int64_t> modified;  ///< seconds since 1970
};

/// A list of manifests that is made here, for several platforms or of artifacts.
struct ManifestListRecord {
    std::string name;           ///< canonical
    std::string document;       ///< the index
    std::string sources;        ///< where the content of its members comes from, JSON
    std::vector<Digest> blobs;  ///< blobs of the store that it needs; only written
};

}  // namespace layers
