// What a tar stream says of one file.
#pragma once

#include <sys/types.h>
#include <time.h>

#include <cstdint>
#include <string>

#include "runtime/sys/xattr.hpp"

namespace layers {

/// The type flags of ustar.
enum class TarType : char {
    file = '0',
    hard_link = '1',
    symbolic_link = '2',
    character_device = '3',
    block_device = '4',
    folder = '5',
    fifo = '6',
};

struct TarEntry {
    std::string path = {};  ///< bytes as they are; see TarWriter and TarReader
    TarType type = TarType::file;
    mode_t mode = 0;  ///< permission bits with setuid, setgid, sticky
    std::uint64_t uid = 0;
    std::uint64_t gid = 0;
    std::uint64_t size = 0;  ///< of the content; 0 for all but files
    timespec mtime{};
    std::string link_target = {};
    unsigned device_major = 0;
    unsigned device_minor = 0;
    runtime::Xattrs xattrs = {};  ///< SCHILY.xattr.NAME in the stream
};

}  // namespace layers
