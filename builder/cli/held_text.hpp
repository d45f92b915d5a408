// Text that waits for its turn, in a file that has no name, so that it takes no memory however much it is.
#pragma once

#include <functional>
#include <string_view>

#include "runtime/sys/fd.hpp"

namespace builder {

class HeldText {
public:
    /// Throws Error where neither $TMPDIR nor /var/tmp takes it.
    void add(std::string_view text);
    /// Gives all of it, piece by piece, and forgets it.
    void give(const std::function<void(std::string_view)>& take);

private:
    runtime::Fd file_;
};

}  // namespace builder
