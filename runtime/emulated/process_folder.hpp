// /proc as a step sees it: of this machine's, the processes of the step, with what is theirs in it. proc(5).
#pragma once

#include <string>
#include <string_view>

#include "runtime/emulated/mount_table.hpp"
#include "runtime/emulated/place.hpp"
#include "runtime/emulated/process_table.hpp"

namespace runtime::emulated {

/// What a name in /proc is.
struct ProcessEntry {
    enum class Kind {
        ordinary,  ///< as the kernel has it
        link,      ///< a link with this text
        file,      ///< a link that leads to a file by itself
    };
    Kind kind = Kind::ordinary;
    std::string text;  ///< link, file: what the link says to who asks
    Place target;      ///< file
};

struct Asker {
    pid_t thread = 0;
    const Process* process = nullptr;
};

/// `inside` is the folder in /proc, with a slash in front, empty for /proc itself. Throws Refusal for what a step
/// has no business with.
ProcessEntry look_up_process_entry(const MountTable& mounts, const ProcessTable& processes, const Asker& asker,
                                   std::string_view inside, const std::string& name);

/// The file of a descriptor of a thread. Throws Refusal with EBADF.
Place place_of_descriptor(const MountTable& mounts, pid_t thread, int descriptor);

}  // namespace runtime::emulated
