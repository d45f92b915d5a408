// The runner's program as a file that nobody else can change. A process that is about to become a step's command shows
// its program as /proc/self/exe: it must be neither a file of the host nor one that loads anything of the image
// (CVE-2019-5736).
#pragma once

#include <string_view>
#include <vector>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// The program as it lies in this one: static, so that no loader of an image is used for it.
std::string_view runner_program() noexcept;

/// A way to make the program a file that can be executed.
struct ProgramFile {
    const char* name;
    /// Gives a descriptor for execveat(2), close-on-exec. Throws Error.
    Fd (*make)();
};

/// The ways, best first: a sealed memory file; where those cannot be executed (vm.memfd_noexec=2), a file in a detached
/// read-only mount; where nothing can be mounted, a file without a name.
const std::vector<ProgramFile>& program_files();

}  // namespace runtime
