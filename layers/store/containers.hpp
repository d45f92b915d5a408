// The working containers of the store: what `from` makes and `rm` takes away.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "layers/store/layers.hpp"
#include "layers/store/records.hpp"
#include "layers/store/transactions.hpp"

namespace layers {

/// A container has a folder that takes what is written in it, below layers/, so that it can become a layer without
/// being moved. After a crash there may be a folder without a container, which Garbage collects, never the reverse.
///
/// All calls are thread-safe and throw Error; "not there" is a value. Each change is whole (see Transactions). None of
/// them asks whether the container is in use: that is what its lock is for (StoreLocks).
class Containers {
public:
    Containers(GuardedDatabase& database, Transactions& transactions, Layers& layers, const Ballast& ballast,
               std::string layers_folder)
        : database_(database),
          transactions_(transactions),
          layers_(layers),
          ballast_(ballast),
          folder_(std::move(layers_folder)) {}

    /// Makes a container with an empty folder. Throws Error where the name is taken and may not be numbered.
    ContainerRecord add(const NewContainer& container);
    std::optional<ContainerRecord> find_by_name(const std::string& name);
    /// All whose ID begins with these hex digits.
    std::vector<ContainerRecord> find_by_prefix(const std::string& hex);
    /// In the order in which they were made.
    std::vector<ContainerRecord> list();
    /// The IDs of those that were made from an image.
    std::vector<std::string> of_image(const Digest& image_id);

    /// Reads the record, lets `edit` change name and state, and writes it, in one transaction. Throws Error where the
    /// container is gone or the name is taken.
    ContainerRecord change(const std::string& id, const std::function<void(ContainerRecord&)>& edit);
    /// Makes one layer of all that a container wrote: of `files`, the "diff" of its own folder or a staged one that was
    /// adopted. From then on that layer stands below a fresh folder of the container. The change is on the disk when it
    /// returns, the files of the layer are not (see Layers).
    LayerRecord seal(const std::string& id, const std::string& files, const Digest& diff_id, std::int64_t tar_bytes,
                     const TimeRule& times);
    /// Forgets the container, which is on the disk then, and after that removes what it wrote.
    void remove(const ContainerRecord& container);

private:
    ContainerRecord read(Database& database, const Query& row) const;
    std::vector<ContainerRecord> read_all(Database& database, Query& row) const;
    ContainerRecord require(const std::string& id);
    std::string new_folder() const;

    GuardedDatabase& database_;
    Transactions& transactions_;
    Layers& layers_;
    const Ballast& ballast_;
    std::string folder_;
};

}  // namespace layers
