// The schema of the store's database as numbered scripts: the files of layers/store/schema, which CMake puts in here.
#pragma once

#include <span>

namespace layers {

/// Script N (counted from 1) brings a database of format N - 1 to format N.
struct Migration {
    const char* name;  ///< of the file, without ".sql"
    const char* script;
};

/// All scripts, in order: their number is the format that this program writes.
std::span<const Migration> migrations() noexcept;

}  // namespace layers
