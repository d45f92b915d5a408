#include "runtime/sys/temp_folder.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace runtime {
namespace {

TEST(TempFolder, VanishesWithItsContent) {
    std::string path;
    {
        const TempFolder folder;
        path = folder.path();
        make_folders(folder.path("a/b/c"));
        replace_file(folder.path("a/b/c/file"), "text");
        ASSERT_EQ(::symlink("/etc", folder.path("a/link").c_str()), 0);
        ASSERT_EQ(::access(path.c_str(), F_OK), 0);
    }
    EXPECT_NE(::access(path.c_str(), F_OK), 0);
    EXPECT_EQ(::access("/etc", F_OK), 0);
}

TEST(TempFolder, MovesItsOwnership) {
    TempFolder first;
    const std::string path = first.path();
    std::optional<TempFolder> second = std::move(first);
    EXPECT_EQ(::access(path.c_str(), F_OK), 0);
    second.reset();
    EXPECT_NE(::access(path.c_str(), F_OK), 0);
}

TEST(RemoveTree, ManyLevelsNeedFewDescriptors) {
    const TempFolder folder;
    Fd current = open_at(folder.fd(), ".", O_RDONLY | O_DIRECTORY);
    for (int level = 0; level < 3000; ++level) {
        ASSERT_EQ(::mkdirat(current.get(), "deep", 0755), 0);
        current = open_at(current, "deep", O_RDONLY | O_DIRECTORY);
    }
    current.reset();
    remove_tree_at(folder.fd(), "deep");
    EXPECT_TRUE(list_folder(folder.fd()).empty());
}

TEST(RemoveTree, WhatIsNotThereIsFine) {
    const TempFolder folder;
    EXPECT_NO_THROW(remove_tree_at(folder.fd(), "nothing"));
}

TEST(ListFolder, SortsByBytes) {
    const TempFolder folder;
    for (const char* name : {"b", "a", "B", "\xff", "a-b", "ab"}) replace_file(folder.path(name), "");
    std::string names;
    for (const FolderEntry& entry : list_folder(folder.fd())) names += entry.name + " ";
    EXPECT_EQ(names, "B a a-b ab b \xff ");
}

}  // namespace
}  // namespace runtime
