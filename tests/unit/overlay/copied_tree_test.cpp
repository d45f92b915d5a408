#include "overlay/copied_tree.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "overlay/whiteout.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace overlay {
namespace {

namespace fs = std::filesystem;

/// A lower folder with a few files, its copy, and the upper folder that changes are collected into.
class CopiedTree : public testing::Test {
protected:
    void SetUp() override {
        for (const char* name : {"lower", "copy", "upper"}) fs::create_directory(path(name));
        fs::create_directories(path("lower/folder/deep"));
        write("lower/file", "text");
        write("lower/folder/one", "1");
        write("lower/folder/deep/two", "2");
        fs::create_symlink("file", path("lower/link"));
        fs::create_hard_link(path("lower/file"), path("lower/same"));
        fs::last_write_time(path("lower/folder"), fs::file_time_type::clock::now() - std::chrono::hours(5));
    }
    void copy() {
        copy_tree(view(), path("copy"));
        moment_ = CopyMoment::mark(path("copy"), path("moment"));
    }
    void collect(CopiedFiles files = CopiedFiles::kept) {
        collect_changes(path("copy"), moment_, view(), path("upper"), files);
    }
    LayeredView view() const { return {{path("lower")}, MarkNamespace::user}; }
    std::string path(const std::string& name) const { return folder_.path(name); }
    void write(const std::string& name, const std::string& text) const { std::ofstream(path(name)) << text; }
    std::string read(const std::string& name) const { return runtime::read_file(path(name)); }
    /// All names in the upper folder, deleted ones with a "-".
    std::string names() const {
        std::vector<std::string> found;
        for (const auto& entry : fs::recursive_directory_iterator(path("upper"))) {
            struct stat status {};
            ::lstat(entry.path().c_str(), &status);
            found.push_back((is_whiteout(status) ? "-" : "") + fs::relative(entry.path(), path("upper")).string());
        }
        std::sort(found.begin(), found.end());
        std::string text;
        for (const std::string& name : found) text += name + " ";
        return text;
    }
    bool opaque(const std::string& name) const {
        return is_opaque(runtime::open_path(path("upper/" + name), O_RDONLY | O_DIRECTORY), MarkNamespace::user);
    }

    runtime::TempFolder folder_;
    CopyMoment moment_;
};

TEST_F(CopiedTree, CopiesEverythingWithItsTimes) {
    copy();
    EXPECT_EQ(read("copy/folder/deep/two"), "2");
    EXPECT_EQ(fs::read_symlink(path("copy/link")), "file");
    EXPECT_EQ(fs::last_write_time(path("copy/folder")), fs::last_write_time(path("lower/folder")));
    EXPECT_TRUE(fs::equivalent(path("copy/same"), path("copy/file")));
}

TEST_F(CopiedTree, FindsNothingWhereNothingChanged) {
    copy();
    collect();
    EXPECT_EQ(names(), "");
}

TEST_F(CopiedTree, FindsWhatChangedWithTheSameSizeAndTime) {
    copy();
    const auto before = fs::last_write_time(path("copy/file"));
    write("copy/file", "TEXT");
    fs::last_write_time(path("copy/file"), before);
    collect();
    EXPECT_EQ(names(), "file same ");
    EXPECT_TRUE(fs::equivalent(path("upper/file"), path("upper/same")));
    EXPECT_EQ(read("upper/file"), "TEXT");
    EXPECT_EQ(fs::last_write_time(path("upper/file")), before);
}

TEST_F(CopiedTree, ParentsOfAChangeKeepTheirTimes) {
    copy();
    write("copy/folder/one", "changed");
    collect();
    EXPECT_EQ(names(), "folder folder/one ");
    EXPECT_EQ(fs::last_write_time(path("upper/folder")), fs::last_write_time(path("lower/folder")));
    EXPECT_FALSE(opaque("folder"));
}

TEST_F(CopiedTree, DeletionsBecomeWhiteouts) {
    copy();
    fs::remove(path("copy/file"));
    fs::remove_all(path("copy/folder/deep"));
    collect();
    // Its other name is no change, though its time tells of one.
    EXPECT_EQ(names(), "-file -folder/deep folder ");
}

TEST_F(CopiedTree, ANewNameOfAFileComesWithTheOthers) {
    copy();
    fs::create_hard_link(path("copy/same"), path("copy/third"));
    collect();
    EXPECT_EQ(names(), "file same third ");
    EXPECT_TRUE(fs::equivalent(path("upper/file"), path("upper/third")));
}

TEST_F(CopiedTree, NamesOfOneFileThatAreMovedStayNamesOfOneFile) {
    fs::create_hard_link(path("lower/folder/one"), path("lower/folder/uno"));
    copy();
    fs::rename(path("copy/folder"), path("copy/moved"));
    collect();
    EXPECT_TRUE(fs::equivalent(path("upper/moved/one"), path("upper/moved/uno")));
}

TEST_F(CopiedTree, AFolderRenamedOntoAnotherOneIsOpaque) {
    fs::create_directories(path("lower/other/deep"));
    write("lower/other/deep/three", "3");
    copy();
    fs::remove_all(path("copy/folder"));
    fs::rename(path("copy/other"), path("copy/folder"));
    collect();
    EXPECT_EQ(names(), "-other folder folder/deep folder/deep/three ");
    EXPECT_TRUE(opaque("folder"));
}

TEST_F(CopiedTree, FoldersThatChangeNamesKeepTheirFiles) {
    fs::create_directories(path("lower/other/deep"));
    write("lower/other/deep/two", "other");
    fs::permissions(path("lower/other"), fs::perms::owner_all);
    copy();
    fs::rename(path("copy/other"), path("copy/aside"));
    fs::rename(path("copy/folder"), path("copy/other"));
    fs::rename(path("copy/aside"), path("copy/folder"));
    collect();
    EXPECT_EQ(read("upper/folder/deep/two"), "other");
    EXPECT_EQ(read("upper/other/deep/two"), "2");
    EXPECT_TRUE(opaque("folder") && opaque("other"));
    EXPECT_EQ(fs::status(path("upper/folder")).permissions(), fs::perms::owner_all);
}

TEST_F(CopiedTree, AFolderThatWasReplacedIsOpaque) {
    copy();
    fs::remove_all(path("copy/folder"));
    fs::create_directory(path("copy/folder"));
    write("copy/folder/new", "n");
    collect();
    EXPECT_EQ(names(), "folder folder/new ");
    EXPECT_TRUE(opaque("folder"));
}

TEST_F(CopiedTree, FilesAndFoldersTakeEachOthersPlace) {
    copy();
    fs::remove(path("copy/file"));
    fs::create_directory(path("copy/file"));
    fs::remove_all(path("copy/folder"));
    write("copy/folder", "a file");
    collect();
    EXPECT_EQ(names(), "file folder ");
    EXPECT_FALSE(opaque("file"));  // there is no folder to hide
    EXPECT_EQ(read("upper/folder"), "a file");
}

TEST_F(CopiedTree, ARenamedFolderComesWithAllThatIsInIt) {
    copy();
    fs::rename(path("copy/folder"), path("copy/moved"));
    collect();
    EXPECT_EQ(names(), "-folder moved moved/deep moved/deep/two moved/one ");
    EXPECT_FALSE(opaque("moved"));
}

TEST_F(CopiedTree, NamesOfOneNewFileStayNamesOfOneFile) {
    copy();
    write("copy/new", "n");
    fs::create_hard_link(path("copy/new"), path("copy/again"));
    collect();
    EXPECT_EQ(names(), "again new ");
    EXPECT_TRUE(fs::equivalent(path("upper/again"), path("upper/new")));
    EXPECT_FALSE(fs::equivalent(path("copy/new"), path("upper/new")));
}

TEST_F(CopiedTree, FilesThatAreGivenAwayAreNotCopied) {
    copy();
    write("copy/new", "n");
    collect(CopiedFiles::given_away);
    EXPECT_TRUE(fs::equivalent(path("copy/new"), path("upper/new")));
}

TEST_F(CopiedTree, AMomentOutlivesARename) {
    const timespec moment = CopyMoment::mark(path("lower"), path("moment")).since();
    fs::rename(path("moment"), path("renamed"));
    const timespec later = CopyMoment::read(path("renamed")).since();
    EXPECT_EQ(moment.tv_sec, later.tv_sec);
    EXPECT_EQ(moment.tv_nsec, later.tv_nsec);
}

}  // namespace
}  // namespace overlay
