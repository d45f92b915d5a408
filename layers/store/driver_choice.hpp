// How the roots of containers are stacked in a store: by overlayfs, or by copies.
#pragma once

#include <string>

#include "layers/store/staging.hpp"
#include "layers/store/store_location.hpp"
#include "overlay/driver.hpp"
#include "runtime/base/once.hpp"

namespace layers {

/// Found out when it is first asked for, and the same from then on. All calls are thread-safe.
class DriverChoice {
public:
    DriverChoice(const StoreLocation& location, StagingArea& staging) : location_(location), staging_(staging) {}

    /// What was asked for. Where nobody said it, overlayfs is tried once, and the success noted in the runroot.
    /// Throws Error.
    overlay::Driver get();
    /// What the kernel said against overlayfs, where that is why roots are copied. Empty before get().
    const std::string& refusal_of_overlayfs() const noexcept { return refusal_of_overlayfs_; }

private:
    overlay::Driver find();
    const StoreLocation& location_;
    StagingArea& staging_;
    runtime::Once once_;
    overlay::Driver driver_ = overlay::Driver::overlayfs;
    std::string refusal_of_overlayfs_;
};

}  // namespace layers
