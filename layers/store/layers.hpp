// The layers of the store: a folder each, shared by all images, cached steps and containers that stand on it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "layers/store/blobs.hpp"
#include "layers/store/database.hpp"
#include "layers/store/guarded.hpp"
#include "layers/store/records.hpp"
#include "layers/store/staging.hpp"
#include "layers/store/transactions.hpp"

namespace layers {

/// A layer comes in two steps: adopt() makes a staged folder one of those below layers/, so that the next step can
/// stand on it at once; record() makes it a layer when its digest is known.
///
/// Nothing is flushed by either: rows carry the boot during which they were written until Images::put() has flushed
/// them. When the store is opened after a crash of the machine, rows of another boot are forgotten, with the cached
/// steps that gave them (decision 0005).
///
/// All calls are thread-safe and throw Error; "not there" is a value.
class Layers {
public:
    Layers(GuardedDatabase& database, Transactions& transactions, Blobs& blobs, std::string layers_folder);
    /// Removes folders that were adopted and that no record names; a crash leaves them to Garbage.
    ~Layers();
    Layers(const Layers&) = delete;
    Layers& operator=(const Layers&) = delete;

    /// The layer of a tar, the one recorded last first. There are several where it does not describe all folders that
    /// it uses. None of those whose files somebody took away.
    std::vector<LayerRecord> find(const Digest& diff_id);
    /// From the bottom up; files may be gone (is_there()). Throws Error where somebody has removed the image meanwhile.
    std::vector<LayerRecord> of_image(const Digest& image_id);

    /// Notes that a build or a container used the layer now: what was used last is kept longest (PruneLimits). Where
    /// the store cannot be written, nothing is noted.
    static void note_use(const LayerRecord& layer) noexcept;

    /// Moves a finished staged folder to where layers lie, and gives the path of its files, which stays valid as long
    /// as this object lives. It is not a layer before record() was called for it.
    std::string adopt(StagedLayer& staged);
    /// Records an adopted folder. Where the store has the layer already, that one comes back, unless its files are
    /// gone: then it gets these.
    LayerRecord record(const NewLayer& layer);
    /// The same together with the blob that it was unpacked from, as Blobs::add() takes it: both are there, or neither.
    LayerRecord record(const NewLayer& layer, const std::string& staged_blob, const BlobRecord& blob);

    /// For who opens the store: forgets the layers that may not have reached the disk before the machine went down. No
    /// image refers to them. Those of containers stay, because they are all that there is of their work.
    void forget_unflushed();

private:
    GuardedDatabase& database_;
    Transactions& transactions_;
    Blobs& blobs_;
    std::string folder_;
    std::string boot_id_;
    /// Adopted folders that no record names: removed at the end, because steps may be stacked on them till then.
    Guarded<std::set<std::string>> unrecorded_;
};

}  // namespace layers
