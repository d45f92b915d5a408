// How the files of a store are kept.
#pragma once

#include <string>

#include "layers/store/database.hpp"

namespace layers {

/// It is the same as long as the store lives, for each layer is read by it.
enum class StoreFormat {
    root,         ///< as root keeps them: marks in trusted.overlay.*, owners in the files
    user_ranges,  ///< marks in user.overlay.*, owners in the files, out of the user's ranges
    owners_aside  ///< marks in user.overlay.*, owners beside the files
};

/// Notes the format in a new store. Throws Error where the store has another one already; `root` is for the message.
void settle_format(Database& database, StoreFormat format, const std::string& root);
/// From here on all of this process reads and writes layers in this format: overlay::store_marks(), and owners as
/// runtime::keep_owners_aside() says.
void work_in_format(StoreFormat format) noexcept;

}  // namespace layers
