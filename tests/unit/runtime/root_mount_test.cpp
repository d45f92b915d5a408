#include "runtime/container/isolation/root_mount.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "runtime/base/error.hpp"
#include "runtime/container/isolation/older_overlay.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/path_in_root.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace runtime {
namespace {

void write_file(const std::string& path, const std::string& text) {
    write_all(open_path(path, O_WRONLY | O_CREAT, 0644), text, path);
}

/// Layers with a file each, and one in all of them.
std::vector<std::string> make_layers(const std::string& place, int count) {
    std::vector<std::string> folders;
    for (int i = 0; i < count; ++i) {
        folders.push_back(fmt::format("{}/a layer, with: signs {}", place, i));
        make_folders(folders.back());
        write_file(fmt::format("{}/file{}", folders.back(), i), "here");
        write_file(folders.back() + "/all", fmt::format("{}", i));
    }
    return folders;
}

std::string text_in(const Fd& root, const std::string& path) {
    return read_file(open_in_root(root, path, O_RDONLY), path);
}

TEST(OlderOverlay, ShowsAllFoldersTheTopmostFirst) {
    if (::geteuid() != 0) GTEST_SKIP() << "mounting needs root";
    const TempFolder place("/tmp");
    constexpr int count = 300;
    const auto folders = make_layers(place.path(), count);
    ::mknod((folders.front() + "/file7").c_str(), S_IFCHR, makedev(0, 0));
    for (const char* name : {"/upper", "/work"}) make_folders(place.path() + name);
    const Fd root = mount_older_overlay({folders, place.path() + "/upper", place.path() + "/work", "volatile", false});
    EXPECT_EQ(text_in(root, "/all"), "0");
    EXPECT_EQ(text_in(root, "/file299"), "here");
    EXPECT_FALSE(open_in_root_if_exists(root, "/file7", O_RDONLY)) << "a whiteout hides it";
    write_all(open_in_root(root, "/all", O_WRONLY | O_TRUNC), "new", "all");
    EXPECT_EQ(read_file(place.path() + "/upper/all"), "new");
}

TEST(OlderOverlay, LeavesNoDescriptorBehind) {
    if (::geteuid() != 0) GTEST_SKIP() << "mounting needs root";
    const TempFolder place("/tmp");
    const auto folders = make_layers(place.path(), 3);
    const int before = Fd(::dup(0)).get();
    { const Fd root = mount_older_overlay({folders, "", "", "index=off", true}); }
    EXPECT_EQ(Fd(::dup(0)).get(), before);
    EXPECT_THROW(mount_older_overlay({folders, "", "", "no-such-option", true}), SystemError);
    EXPECT_THROW(mount_older_overlay({{folders.front(), "/no/such"}, "", "", "index=off", true}), SystemError);
    EXPECT_EQ(Fd(::dup(0)).get(), before);
}

TEST(OlderOverlay, TakesFoldersRelativeToTheCurrentOne) {
    if (::geteuid() != 0) GTEST_SKIP() << "mounting needs root";
    const TempFolder place("/tmp");
    make_layers(place.path(), 2);
    const Fd before = open_path(".", O_PATH | O_DIRECTORY);
    ASSERT_EQ(::chdir(place.path().c_str()), 0);
    const Fd root =
        mount_older_overlay({{"a layer, with: signs 1", "a layer, with: signs 0"}, "", "", "index=off", true});
    EXPECT_EQ(text_in(root, "/all"), "1");
    ASSERT_EQ(::fchdir(before.get()), 0);
}

TEST(RootMount, TakesTheSameFolderTwice) {
    if (::geteuid() != 0) GTEST_SKIP() << "mounting needs root";
    const TempFolder place("/tmp");
    const auto folders = make_layers(place.path(), 2);
    make_folders(place.path() + "/stub/proc");
    const Fd root = mount_root({{folders[0], folders[1], folders[0]}, "", "", false}, place.path() + "/stub");
    EXPECT_EQ(text_in(root, "/all"), "0");
    EXPECT_TRUE(open_in_root_if_exists(root, "/proc", O_RDONLY));
}

}  // namespace
}  // namespace runtime
