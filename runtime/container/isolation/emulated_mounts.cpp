#include "runtime/container/isolation/emulated_mounts.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folders_in_root.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/path_in_root.hpp"

namespace runtime {
namespace {

using emulated::Mount;
using emulated::MountTable;

constexpr std::array device_names = {"null", "zero", "full", "random", "urandom", "tty", "ptmx"};
constexpr std::array<std::array<const char*, 2>, 5> device_links = {{{"fd", "/proc/self/fd"},
                                                                     {"stdin", "/proc/self/fd/0"},
                                                                     {"stdout", "/proc/self/fd/1"},
                                                                     {"stderr", "/proc/self/fd/2"},
                                                                     {"core", "/proc/kcore"}}};

class TableFiller {
public:
    TableFiller(SetupState& state, MountTable& mounts, const std::string& scratch)
        : state_(state), mounts_(mounts), scratch_(open_path(scratch, O_RDONLY | O_DIRECTORY)) {}

    void add_standard() {
        for (const char* path : {"/proc", "/sys", "/dev"}) make_in_root(state_.root, path, true);
        mounts_.add("/proc", open_path("/proc", O_PATH | O_DIRECTORY)).kind = Mount::Kind::processes;
        mounts_.add("/sys", open_path("/sys", O_PATH | O_DIRECTORY)).read_only = true;
        add_devices();
        for (const std::string& path : state_.spec.masked_paths) mounts_.mask(path);
        for (const std::string& path : state_.spec.read_only_paths) mounts_.protect(path);
    }

    void add(const MountSpec& mount) {
        const Fd place = make_place(mount);
        const bool is_folder = S_ISDIR(stat_of(place).st_mode);
        Mount& added = mounts_.add(make_target(mount.target, is_folder), place);
        added.read_only = mount.read_only;
        added.no_execute = mount.no_execute;
    }

private:
    Fd make_folder(const std::string& name, mode_t mode) {
        if (::mkdirat(scratch_.get(), name.c_str(), 0700) != 0) throw SystemError("cannot make the folder {}", name);
        Fd made = open_at(scratch_, name, O_RDONLY | O_DIRECTORY);
        if (::fchmod(made.get(), mode) != 0) throw SystemError("cannot set the mode of a folder");
        return made;
    }

    void add_devices() {
        const Fd dev = make_folder("dev", 0755);
        mounts_.add("/dev", dev);
        for (const auto& [name, target] : device_links)
            if (::symlinkat(target, dev.get(), name) != 0) throw SystemError("cannot make /dev/{}", name);
        for (const char* name : device_names) {
            const std::string path = std::string("/dev/") + name;
            const auto device = open_if_exists(path, O_PATH);
            if (!device) continue;
            open_at(dev, name, O_WRONLY | O_CREAT, 0666);
            mounts_.add(path, *device);
        }
        for (const char* name : {"pts", "shm", "mqueue"})
            if (::mkdirat(dev.get(), name, 0755) != 0) throw SystemError("cannot make /dev/{}", name);
        if (const auto terminals = open_if_exists("/dev/pts", O_PATH | O_DIRECTORY))
            mounts_.add("/dev/pts", *terminals).kind = Mount::Kind::terminals;
        if (::fchmodat(dev.get(), "shm", 01777, 0) != 0) throw SystemError("cannot set the mode of /dev/shm");
    }

    std::string next_name() { return fmt::format("{}", number_++); }

    /// A file in memory. Its path in /proc tells it apart from others.
    Fd make_content(const MountSpec& mount) {
        const std::string name = fmt::format("content.{}.{}", ::getpid(), next_name());
        Fd file(::memfd_create(name.c_str(), MFD_CLOEXEC));
        if (!file) throw SystemError("cannot make a file in memory");
        write_all(file, mount.content, mount.target);
        give(mount, file);
        if (::fchmod(file.get(), mount.mode) != 0) throw SystemError("cannot set the mode");
        return file;
    }

    /// Not every file system takes notes of owners.
    static void give(const MountSpec& mount, const Fd& file) { set_owner(file, mount.uid, mount.gid); }

    Fd make_place(const MountSpec& mount) {
        switch (mount.kind) {
            case MountSpec::Kind::bind:
                return state_.mount_sources.at(mount.source).duplicate();
            case MountSpec::Kind::layers:
                return open_in_root(open_path(mount.layers.copy_folder, O_PATH | O_DIRECTORY), mount.path_in_layers,
                                    O_PATH);
            case MountSpec::Kind::content:
                return make_content(mount);
            default: {
                Fd folder = make_folder(next_name(), mount.mode);
                give(mount, folder);
                return folder;
            }
        }
    }

    /// Makes what the mount stands on, and gives its path without links.
    std::string make_target(const std::string& target, bool is_folder) {
        const Mount& below = mounts_.below(target);
        const std::string rest = target.substr(below.target.size());
        if (rest.empty() || rest == "/") return below.target;
        const bool is_root = &below == &mounts_.root();
        const Fd place =
            make_in_root(is_root ? state_.root : below.place, rest, is_folder, is_root ? &state_.made : nullptr);
        const auto path = mounts_.path_in_container(emulated::path_of_descriptor(place));
        if (!path) throw Error("{} is no path to mount at", quoted(target));
        return *path;
    }

    SetupState& state_;
    MountTable& mounts_;
    Fd scratch_;
    unsigned number_ = 0;
};

}  // namespace

void fill_mount_table(SetupState& state, MountTable& mounts, const std::string& scratch) {
    TableFiller filler(state, mounts, scratch);
    filler.add_standard();
    for (const MountSpec& mount : state.spec.mounts) {
        try {
            filler.add(mount);
        } catch (Error& error) {
            error.add_context("cannot mount {}", quoted(mount.target));
            throw;
        }
    }
}

}  // namespace runtime
