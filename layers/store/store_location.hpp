// Where a store lies.
#pragma once

#include <optional>
#include <string>

#include "overlay/driver.hpp"

namespace layers {

struct StoreLocation {
    std::string root;                                      ///< kept over reboots
    std::string runroot;                                   ///< may vanish at reboot
    std::optional<overlay::Driver> driver = std::nullopt;  ///< how roots are stacked; found out where nothing is said

    std::string layers() const { return root + "/layers"; }
    std::string staging() const { return root + "/staging"; }
};

}  // namespace layers
