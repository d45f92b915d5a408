// The images of the store and their names.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "layers/store/records.hpp"
#include "layers/store/transactions.hpp"

namespace layers {

/// All calls are thread-safe and throw Error; "not there" is a value. Each change is whole (see Transactions).
class Images {
public:
    Images(GuardedDatabase& database, Transactions& transactions, std::string store_root)
        : database_(database), transactions_(transactions), root_(std::move(store_root)) {}

    /// Records an image, after flushing its layers to the disk. When it returns, image, layers and names survive a
    /// power cut; after a crash before that there is the whole image, or none of it. The same image again gets the
    /// names; its manifest is the new one unless that is foreign, and names that it has already keep theirs. The record
    /// that comes back has the new one in any case. Not within a transaction.
    ImageRecord put(const NewImage& image);

    std::optional<ImageRecord> find(const Digest& id);
    /// With the manifest that came with the name.
    std::optional<ImageRecord> find_by_name(const std::string& canonical_name);
    /// All images whose ID begins with these hex digits.
    std::vector<ImageRecord> find_by_prefix(const std::string& hex);
    /// The one that came last first.
    std::vector<ImageRecord> list();

    /// Takes the name from the image or manifest list that had it.
    void add_name(const Digest& image_id, const std::string& canonical_name);
    /// With the manifest of this record, which may be another one than the image's.
    void add_name(const ImageRecord& image, const std::string& canonical_name);
    /// Whether an image had the name.
    bool remove_name(const std::string& canonical_name);
    /// Sorted.
    std::vector<std::string> list_names();

    /// Manifests that came with a name and are not the image's own, by image ID.
    std::multimap<std::string, std::string> manifests_of_names();

    /// Forgets an image and its names. The space comes back with Garbage::collect(). Throws Error where a container was
    /// made from it.
    void remove(const Digest& id);

private:
    void flush(const std::vector<LayerRecord>& layers);

    GuardedDatabase& database_;
    Transactions& transactions_;
    std::string root_;
};

}  // namespace layers
