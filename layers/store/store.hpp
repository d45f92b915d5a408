// The store: images, layers, the cache and blobs of one root folder. Several processes may use it at once.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "layers/store/ballast.hpp"
#include "layers/store/database.hpp"
#include "layers/store/file_digests.hpp"
#include "layers/store/records.hpp"
#include "layers/store/staging.hpp"
#include "overlay/driver.hpp"
#include "runtime/sys/file_lock.hpp"

namespace layers {

struct StoreLocation {
    std::string root;                                      ///< kept over reboots
    std::string runroot;                                   ///< may vanish at reboot
    std::optional<overlay::Driver> driver = std::nullopt;  ///< how roots are stacked; found out where nothing is said
};

/// How the files of a store are kept. It is the same as long as the store lives, for each layer is read by it.
enum class StoreFormat {
    root,         ///< as root keeps them: marks in trusted.overlay.*, owners in the files
    user_ranges,  ///< marks in user.overlay.*, owners in the files, out of the user's ranges
    owners_aside  ///< marks in user.overlay.*, owners beside the files
};

/// All calls are thread-safe. Throws Error; "not there" is a value.
class Store {
public:
    /// Opens the store and makes it where it does not exist. Holds a shared lock on it as long as it lives, so that
    /// nothing is collected under a running command. From then on this process works in the format of the store; throws
    /// Error where it has another one already.
    explicit Store(StoreLocation location, StoreFormat format = StoreFormat::root);
    ~Store();

    const StoreLocation& location() const noexcept { return location_; }
    StagingArea& staging() noexcept { return staging_; }
    /// How roots are stacked here. Where nobody said it, overlayfs is tried once, and the success noted in the runroot.
    overlay::Driver driver();
    /// What the kernel said against overlayfs, where that is why roots are copied.
    const std::string& refusal_of_overlayfs() const noexcept { return refusal_of_overlayfs_; }

    // Layers.
    /// The layer of a tar. There are several where it does not describe all folders that it uses.
    std::vector<LayerRecord> find_layers(const Digest& diff_id);
    /// Moves a finished staged folder to where layers lie, and gives the path of its files, which stays valid as long
    /// as this object lives. It is not a layer before record_layer() was called for it.
    std::string adopt_layer(StagedLayer& staged);
    /// Records an adopted folder. Where the store has the layer already, it is that one.
    LayerRecord record_layer(const NewLayer& layer);
    /// The same together with the blob that it was unpacked from, as add_blob() takes it: both are there, or neither.
    LayerRecord record_layer(const NewLayer& layer, const std::string& staged_blob, const BlobRecord& blob);
    std::vector<LayerRecord> layers_of_image(const Digest& image_id);

    // Images.
    /// Records an image, after flushing its layers to the disk. The same image again gets the names; its manifest is
    /// the new one unless that is foreign, and names that it has already keep theirs. The record that comes back has
    /// the new one in any case.
    ImageRecord put_image(const NewImage& image);
    std::optional<ImageRecord> find_image(const Digest& id);
    std::optional<ImageRecord> find_image_by_name(const std::string& canonical_name);
    /// All images whose ID begins with these hex digits.
    std::vector<ImageRecord> find_images_by_prefix(const std::string& hex);
    std::vector<ImageRecord> list_images();
    void add_name(const Digest& image_id, const std::string& canonical_name);
    /// With the manifest of this record, which may be another one than the image's.
    void add_name(const ImageRecord& image, const std::string& canonical_name);
    /// Whether the name was there.
    bool remove_name(const std::string& canonical_name);
    std::vector<std::string> list_names();
    /// Forgets an image and its names. The space comes back with collect_garbage().
    void remove_image(const Digest& id);

    // Working containers.
    /// Makes a container with an empty folder. Throws Error where the name is taken and may not be numbered.
    ContainerRecord add_container(const NewContainer& container);
    std::optional<ContainerRecord> find_container_by_name(const std::string& name);
    /// All whose ID begins with these hex digits.
    std::vector<ContainerRecord> find_containers_by_prefix(const std::string& hex);
    /// In the order in which they were made.
    std::vector<ContainerRecord> list_containers();
    /// The IDs of those that were made from an image.
    std::vector<std::string> containers_of_image(const Digest& image_id);
    /// Reads the record, lets `change` edit name and state, and writes it, in one transaction. Throws Error where the
    /// container is gone or the name is taken.
    ContainerRecord change_container(const std::string& id, const std::function<void(ContainerRecord&)>& change);
    /// Makes one layer of all that a container wrote: of `folder`, which is its own or a staged one that was adopted.
    /// From then on that layer stands below a fresh folder of the container.
    LayerRecord seal_container(const std::string& id, const std::string& folder, const Digest& diff_id,
                               std::int64_t tar_bytes, const TimeRule& times);
    /// Forgets the container and removes what it wrote.
    void remove_container(const ContainerRecord& container);

    // The build cache.
    /// What a step gave when it was run on the very files that `below` names (see CacheRecord).
    std::optional<CacheRecord> find_cached(const Digest& key, const std::string& below);
    void put_cached(const CacheRecord& record, std::vector<KeyInput> inputs);
    /// Whether a layer was searched for the secrets of this mark (layers/secret_scan.hpp).
    bool was_searched(const LayerRecord& layer, std::uint16_t mark);
    void note_searched(const LayerRecord& layer, std::uint16_t mark);
    /// What marks of this store are made with: random, and known to nobody else.
    std::string search_salt();
    /// The inputs of the newest record of a step: what a miss is compared with.
    std::vector<KeyInput> inputs_of_step(const Digest& step);
    /// Notes that records were used; one transaction. Nothing is written where they were used within the last day.
    void touch_cached(const std::vector<Digest>& keys);
    /// Forgets all of the cache, digests of files included. Returns the number of records.
    int clear_cache();

    // Remembered digests of files.
    RememberedFolder remembered_files(std::uint64_t device, std::uint64_t inode);
    void remember_files(std::uint64_t device, std::uint64_t inode, const RememberedFolder& folder);
    /// Runs a function within one transaction, so that many small changes cost one. May be nested.
    void in_transaction(const std::function<void()>& change);
    /// The same, and what was changed is on the disk when it returns: for what precedes a removal, so that no power cut
    /// brings back a row whose files are gone. Where the disk is full, it is tried again with the room of the ballast,
    /// so the function must be one that can be run twice. Not within a transaction.
    void in_durable_transaction(const std::function<void()>& change);
    /// Does a part of a removal; where the disk is full, once more with the room of the ballast.
    void with_room(const std::function<void()>& work);
    /// A transaction for what only makes later commands quicker: where it fails, that is logged and ends nothing.
    void where_possible(const char* what, const std::function<void()>& change);

    /// The lock of something in the store, by a name of its own; not locked yet. The file stays till remove_lock().
    runtime::FileLock open_lock(const std::string& name) const;
    /// For who has the lock alone and knows that nobody wants that name again, or that who does looks whether the lock
    /// is_current().
    void remove_lock(const std::string& name) const noexcept;
    std::string lock_path(const std::string& name) const { return location_.root + "/locks/" + name; }

    // Blobs.
    std::string blob_path(const Digest& digest) const;
    std::optional<BlobRecord> find_blob(const Digest& digest);
    std::vector<BlobRecord> blobs_of_layer(const Digest& diff_id);
    /// Makes a written file the blob of this digest: flushed, renamed into place, recorded. The caller has verified it.
    void add_blob(const std::string& staged_path, const BlobRecord& blob);

    // Downloads: the memory of what addresses gave. The content is a blob, which may be gone.
    std::optional<DownloadRecord> find_download(const std::string& url);
    void put_download(const DownloadRecord& download);

    // Registries.
    /// What a layer becomes when it is packed in a way ("gzip 0"), where that is known.
    std::optional<BlobRecord> find_packed_layer(const Digest& diff_id, const std::string& packing);
    void note_packed_layer(const Digest& diff_id, const std::string& packing, const BlobRecord& blob);
    /// Repositories of a registry that a blob was seen in, the newest first.
    std::vector<std::string> blob_repositories(const Digest& digest, const std::string& host);
    void note_blob_location(const Digest& digest, const std::string& host, const std::string& repository);
    void forget_blob_location(const Digest& digest, const std::string& host, const std::string& repository);
    std::optional<ManifestListRecord> find_manifest_list(const std::string& name);
    /// Makes it, or takes the place of the one of that name.
    void put_manifest_list(const ManifestListRecord& list);
    /// Whether there was one.
    bool remove_manifest_list(const std::string& name);
    std::vector<std::string> list_manifest_lists();

    /// Deletes what no record names. Does nothing while another command uses the store. Returns the bytes that came
    /// free. Other commands wait only till the records are gone, not for the files.
    std::int64_t collect_garbage();
    /// Deletes what builds keep for the next ones beside the records: caches of RUN --mount, git repositories. As
    /// above.
    std::int64_t clear_kept_folders();

    struct Summary {
        std::int64_t images = 0;
        std::int64_t layers = 0;
        std::int64_t layer_bytes = 0;
        std::int64_t cache_records = 0;
        std::int64_t blobs = 0;
        std::int64_t blob_bytes = 0;
    };
    Summary summary();

private:
    LayerRecord read_layer(Query& row) const;
    ImageRecord read_image(Query& row);
    ContainerRecord read_container(Query& row);
    std::string free_container_name(const NewContainer& container);
    std::string new_container_folder();
    std::vector<ContainerRecord> read_containers(Query& row);
    std::vector<std::string> names_of(const Digest& image_id);
    void settle_format(StoreFormat format);
    overlay::Driver find_driver();
    void distrust_unflushed_layers();
    void keep_manifest_of_names(const Digest& id, const NewImage& image);
    void insert_image(const Digest& id, const NewImage& image, std::int64_t now);
    void change_durably(const std::function<void()>& change);
    std::int64_t forget_unused(std::vector<std::string>& doomed);
    std::vector<std::string> move_to_staging(const std::vector<std::string>& paths);
    void remove_all(const std::vector<std::string>& paths);
    void flush_layers(const std::vector<LayerRecord>& layers);
    void put_blob_in_place(const std::string& staged_path, const BlobRecord& blob);
    void insert_blob(const BlobRecord& blob);
    std::vector<std::string> unused_layer_folders();
    std::vector<std::string> unused_blob_files();

    StoreLocation location_;
    std::string boot_id_;
    runtime::FileLock lock_;
    Ballast ballast_;
    Database database_;
    std::recursive_mutex& mutex_;  ///< the database's
    unsigned transaction_depth_ = 0;
    std::once_flag driver_once_;
    std::string refusal_of_overlayfs_;
    StagingArea staging_;
    /// Adopted folders that no record names: removed at the end, because steps may be stacked on them till then.
    std::set<std::string> unrecorded_;
};

}  // namespace layers
