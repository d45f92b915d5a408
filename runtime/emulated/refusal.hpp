// How a call of a step fails, while it is carried out for it.
#pragma once

#include <cerrno>

namespace runtime::emulated {

/// The errno that the step gets. It is thrown often, as for each folder of PATH, so that it carries no text.
struct Refusal {
    int number = EIO;
};

/// Gives the result of a call, or throws what errno says.
inline int checked(long result) {
    if (result < 0) throw Refusal{errno};
    return static_cast<int>(result);
}

}  // namespace runtime::emulated
