#include "runtime/container/runner/runner_program.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cstdlib>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/mounts.hpp"

extern "C" const char builder_runner_program[];
extern "C" const char builder_runner_program_end[];

namespace runtime {
namespace {

// linux/memfd.h and linux/fcntl.h of Linux 6.3; Debian 12 has those of 6.1.
constexpr unsigned memfd_exec = 0x0010U;
constexpr int seal_exec = 0x0020;

Fd memory_file() {
    constexpr unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    Fd file(::memfd_create("builder-runner", flags | memfd_exec));
    // Before Linux 6.3 each can be executed, and the flag is unknown.
    if (!file && errno == EINVAL) file = Fd(::memfd_create("builder-runner", flags));
    if (!file) throw SystemError("cannot make a memory file");
    write_all(file, runner_program(), "a memory file");
    constexpr int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    if (::fcntl(file.get(), F_ADD_SEALS, seals | seal_exec) != 0 && ::fcntl(file.get(), F_ADD_SEALS, seals) != 0)
        throw SystemError("cannot seal a memory file");
    return file;
}

/// A file that is still open for writing cannot be executed, so that it is opened anew.
Fd mounted_file() {
    FilesystemContext memory("tmpfs");
    memory.set("mode", "755");
    const Fd mount = memory.mount(MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    write_all(open_at(mount, "builder-runner", O_WRONLY | O_CREAT | O_EXCL, 0555), runner_program(), "the runner");
    set_mount_attributes(mount, MOUNT_ATTR_RDONLY, false);
    return open_at(mount, "builder-runner", O_PATH | O_NOFOLLOW);
}

Fd nameless_file() {
    const char* const folder = std::getenv("TMPDIR");
    const Fd file =
        open_path(folder != nullptr && *folder == '/' ? folder : "/var/tmp", O_TMPFILE | O_RDWR | O_EXCL, 0500);
    write_all(file, runner_program(), "the runner");
    return open_path(fd_path(file), O_RDONLY);
}

}  // namespace

std::string_view runner_program() noexcept {
    return {builder_runner_program, static_cast<std::size_t>(builder_runner_program_end - builder_runner_program)};
}

const std::vector<ProgramFile>& program_files() {
    static const std::vector<ProgramFile> files = {{"a memory file", memory_file},
                                                   {"a file in a detached mount", mounted_file},
                                                   {"a file without a name", nameless_file}};
    return files;
}

}  // namespace runtime
