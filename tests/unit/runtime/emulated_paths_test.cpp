// How paths of a step in an emulated container are found.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/emulated/path_walk.hpp"
#include "runtime/emulated/refusal.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace runtime::emulated {
namespace {

class EmulatedPaths : public ::testing::Test {
protected:
    EmulatedPaths() {
        make_folders(at("root/usr/bin"));
        make_folders(at("root/home/one"));
        make_folders(at("root/mnt/deep"));
        make_folders(at("bound/inside"));
        write("secret", "of the machine");
        write("root/usr/bin/tool", "tool");
        write("bound/inside/file", "bound");
        ::symlink("usr/bin", at("root/bin").c_str());
        ::symlink("/usr/bin/tool", at("root/absolute").c_str());
        ::symlink("../../../../secret", at("root/home/out").c_str());
        ::symlink("loop", at("root/loop").c_str());
        ::symlink("/nowhere/yet", at("root/dangling").c_str());
        ::symlink("/mnt", at("root/to-mount").c_str());
        root = open_path(at("root"), O_PATH | O_DIRECTORY);
        mounts.emplace(root);
        mounts->add("/mnt", open_path(at("bound"), O_PATH | O_DIRECTORY)).read_only = true;
        mounts->mask("/home/one/hidden");
        process.number = ::getpid();
        process.root = process.folder = std::make_shared<const Fd>(root.duplicate());
        walk.emplace(*mounts, processes);
    }
    std::string at(const std::string& name) const { return folder.path() + "/" + name; }
    void write(const std::string& name, const std::string& text) const {
        write_all(open_path(at(name), O_WRONLY | O_CREAT, 0644), text, name);
    }
    Place find(const std::string& path, LastLink last = LastLink::followed) {
        return walk->find(::getpid(), process, AT_FDCWD, path, last);
    }
    std::string content(const std::string& path) { return read_file(open_place(find(path), O_RDONLY), path); }
    int refusal(const std::string& path, LastLink last = LastLink::followed) {
        try {
            status_of(find(path, last));
        } catch (const Refusal& refused) {
            return refused.number;
        }
        return 0;
    }

    TempFolder folder;
    Fd root;
    std::optional<MountTable> mounts;
    ProcessTable processes;
    Process process;
    std::optional<PathWalk> walk;
};

TEST_F(EmulatedPaths, NamesAndLinksLeadToFiles) {
    EXPECT_EQ(content("/usr/bin/tool"), "tool");
    EXPECT_EQ(content("bin//./tool"), "tool");
    EXPECT_EQ(content("/absolute"), "tool");
    EXPECT_EQ(find("/bin/tool").path, "/usr/bin/tool");
    EXPECT_EQ(find("/absolute", LastLink::kept).path, "/absolute");
    EXPECT_EQ(find("/bin/../..").path, "");
}

TEST_F(EmulatedPaths, NothingLeadsOut) {
    EXPECT_EQ(refusal("/../secret"), ENOENT);
    EXPECT_EQ(refusal("../../../../secret"), ENOENT);
    EXPECT_EQ(refusal("/home/out"), ENOENT);
    EXPECT_EQ(refusal(folder.path() + "/secret"), ENOENT);
    const Fd outside = open_path(folder.path(), O_RDONLY | O_DIRECTORY);
    EXPECT_THROW(walk->find(::getpid(), process, outside.get(), "secret", LastLink::followed), Refusal);
    EXPECT_TRUE(walk->descriptor_place(::getpid(), process, outside.get()).is_foreign);
}

TEST_F(EmulatedPaths, FailuresAreThoseOfTheKernel) {
    EXPECT_EQ(refusal("/loop"), ELOOP);
    EXPECT_EQ(refusal("/usr/bin/tool/x"), ENOTDIR);
    EXPECT_EQ(refusal("/none/x"), ENOENT);
    EXPECT_EQ(refusal(""), ENOENT);
    EXPECT_EQ(refusal("/" + std::string(300, 'x')), ENAMETOOLONG);
    EXPECT_EQ(refusal("/dangling"), ENOENT);
    EXPECT_EQ(refusal("/dangling", LastLink::kept), 0);
    EXPECT_EQ(refusal("/home/one/hidden"), ENOENT);
}

TEST_F(EmulatedPaths, WhatIsToBeMadeHasAFolderAndAName) {
    const Place place = find("/home/one/new");
    EXPECT_EQ(place.name, "new");
    EXPECT_EQ(place.path, "/home/one/new");
    EXPECT_TRUE(find("/home/one/new/").wants_folder);
}

TEST_F(EmulatedPaths, MountsHideWhatIsBelowThem) {
    EXPECT_EQ(content("/mnt/inside/file"), "bound");
    EXPECT_EQ(content("/to-mount/inside/file"), "bound");
    EXPECT_EQ(refusal("/mnt/deep"), ENOENT);
    EXPECT_EQ(find("/mnt/inside/../..").path, "");
    EXPECT_TRUE(find("/mnt").is_mount_point);
    const Place inside = find("/mnt/inside/file");
    EXPECT_TRUE(mounts->is_read_only(*inside.mount, inside.path));
    EXPECT_FALSE(mounts->is_read_only(*find("/usr").mount, "/usr"));
    EXPECT_EQ(mounts->path_in_container(at("bound/inside")), "/mnt/inside");
    EXPECT_EQ(mounts->path_in_container(at("root")), "");
    EXPECT_EQ(mounts->path_in_container(at("secret")), std::nullopt);
}

TEST_F(EmulatedPaths, AProcessMayHaveAnotherRoot) {
    process.root = std::make_shared<const Fd>(open_path(at("root/usr"), O_PATH | O_DIRECTORY));
    process.root_path = "/usr";
    EXPECT_EQ(content("/bin/tool"), "tool");
    EXPECT_EQ(find("/../../bin/..").path, "/usr");
    EXPECT_EQ(path_for(process, "/usr/bin/tool"), "/bin/tool");
    EXPECT_EQ(path_for(process, "/usr"), "/");
}

}  // namespace
}  // namespace runtime::emulated
