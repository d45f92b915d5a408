// Files that are in a layer once more though only their owner or mode has changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "overlay/layered_view.hpp"
#include "runtime/sys/fd.hpp"

namespace builder {

struct NeedlessCopies {
    std::size_t files = 0;
    std::int64_t bytes = 0;
};

/// Regular files of an upper folder that have another mode or owner than below, but the same size and time.
NeedlessCopies count_needless_copies(const runtime::Fd& upper, const overlay::LayeredView& below);

/// What is said of a RUN that made many of them; empty where the text of the step names no chmod, chown or chgrp, or
/// where they are fewer than 10 MB. Looks at the files only where it names one.
std::string advice_on_copies(const std::string& step, const runtime::Fd& upper, const overlay::LayeredView& below);

}  // namespace builder
