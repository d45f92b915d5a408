// Holds what the records of a store say against what is there, and takes what is damaged out of use.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "layers/digest.hpp"
#include "layers/store/staging.hpp"
#include "layers/store/store_location.hpp"
#include "layers/store/transactions.hpp"
#include "runtime/sys/file_lock.hpp"

namespace layers {

/// Something that is not as its record says.
struct Damage {
    enum class Kind {
        database,   ///< SQLite finds its file broken
        layer,      ///< the files of a layer are gone, or others
        blob,       ///< so with a file of what came from elsewhere
        image,      ///< its documents are not what its ID says, or do not fit to its layers
        container,  ///< what it wrote is gone
        list,       ///< a manifest list lacks a document, or cannot be read
        stray,      ///< files that no record names: only room is lost
    };
    Kind kind = Kind::layer;
    std::string id;                         ///< of an image, a blob, a container; the folder of a layer; a list's name
    std::string problem;                    ///< the end of a sentence that begins with the thing
    std::vector<std::string> affects = {};  ///< "image localhost/app:latest", "container work", "3 cached steps"
    std::vector<Digest> images = {};        ///< that have the layer, or came with the blob
    std::string path = {};                  ///< of the files, where there are any
    std::int64_t layer = 0;                 ///< the row
};

class Inspection {
public:
    Inspection(GuardedDatabase& database, Transactions& transactions, const StoreLocation& location,
               const runtime::FileLock& store_lock)
        : database_(database), transactions_(transactions), location_(location), store_lock_(store_lock) {}

    struct Findings {
        std::vector<Damage> damages;
        std::size_t images = 0;
        std::size_t layers = 0;
        std::size_t blobs = 0;
        std::size_t containers = 0;
    };
    /// Looks whether everything is there that records name, with its size, and whether documents fit to each other.
    /// With `reads_contents`, every layer and blob is read and its digest compared, on several processors. What other
    /// commands write meanwhile is no damage. Throws Error where the store cannot be read at all.
    Findings find(bool reads_contents);

    /// Takes the files out of use: they lie below quarantine/ then, for whoever wants to look at them. What was cached
    /// on a layer is forgotten, and so is the record of a blob. Durable when it returns. False, and nothing is done,
    /// while another command uses the store.
    bool take_out(const Damage& damage);
    /// Makes the indexes of the database anew. Whether it is whole then.
    bool mend_database();

private:
    static void forget(Database& database, const Damage& damage);
    void quarantine(const std::string& path) const;

    GuardedDatabase& database_;
    Transactions& transactions_;
    const StoreLocation& location_;
    const runtime::FileLock& store_lock_;
};

}  // namespace layers
