// The two folders of a store, closed to everybody else: what is in them was built from secrets, and programs with
// rights.
#pragma once

#include <string>

namespace layers {

struct StoreLocation;

/// Makes both folders where they are missing, and closes what other users can open (0700, files 0600), as older
/// versions of this program left it. Throws Error, and changes nothing, where the root holds anything but a store, and
/// where the runroot belongs to somebody else or can be written by others.
void prepare_store_folders(const StoreLocation& location);

/// Makes a folder for this user alone (0700), or closes one that is there already. Its parent exists. Throws Error
/// where it belongs to somebody else.
void make_private_folder(const std::string& path);

}  // namespace layers
