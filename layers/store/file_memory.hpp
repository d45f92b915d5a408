// Digests of files, remembered between builds.
#pragma once

#include <cstdint>

#include "layers/store/database.hpp"
#include "layers/store/file_digests.hpp"

namespace layers {

/// What is lost is read again. All calls are thread-safe and throw Error.
class FileMemory {
public:
    explicit FileMemory(GuardedDatabase& database) : database_(database) {}

    /// What is known of the files of a folder; empty where that is nothing.
    RememberedFolder recall(std::uint64_t device, std::uint64_t inode);
    /// Takes the place of what was known of the folder.
    void remember(std::uint64_t device, std::uint64_t inode, const RememberedFolder& folder);

private:
    GuardedDatabase& database_;
};

}  // namespace layers
