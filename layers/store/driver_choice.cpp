#include "layers/store/driver_choice.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "overlay/whiteout.hpp"
#include "runtime/sys/file.hpp"

namespace layers {

overlay::Driver DriverChoice::get() {
    once_.run([this] { driver_ = find(); });
    return driver_;
}

overlay::Driver DriverChoice::find() {
    if (location_.driver) return *location_.driver;
    const std::string works = location_.runroot + "/overlayfs-works";
    if (::access(works.c_str(), F_OK) == 0) return overlay::Driver::overlayfs;
    const std::string trial = staging_.new_path();
    runtime::make_folders(trial, 0700);
    refusal_of_overlayfs_ = overlay::refusal_of_overlayfs(trial, overlay::has_user_marks());
    if (!refusal_of_overlayfs_.empty()) return overlay::Driver::copies;
    runtime::open_path(works, O_WRONLY | O_CREAT, 0600);
    return overlay::Driver::overlayfs;
}

}  // namespace layers
