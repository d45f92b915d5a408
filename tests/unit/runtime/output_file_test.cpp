// Outputs: what is written into, what is replaced whole, which links lead where, and what a kill leaves.
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/output_file.hpp"
#include "runtime/sys/output_place.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace runtime {
namespace {

class OutputFileTest : public testing::Test {
protected:
    std::string path(const std::string& name) const { return folder_.path(name); }
    void link(const std::string& text, const std::string& name) const {
        ASSERT_EQ(::symlink(text.c_str(), path(name).c_str()), 0);
    }
    mode_t type(const std::string& name) const { return stat_at(folder_.fd(), name).value().st_mode & S_IFMT; }
    std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const FolderEntry& entry : list_folder(open_path(folder_.path(), O_RDONLY))) found.push_back(entry.name);
        return found;
    }

    TempFolder folder_;
};

TEST_F(OutputFileTest, ReplacesARegularFileWhole) {
    replace_file(path("out"), "old");
    const Fd old = open_path(path("out"), O_RDONLY);
    OutputFile output(path("out"), {});
    write_all(output.file(), "new", "out");
    EXPECT_EQ(read_file(path("out")), "old");
    output.finish();
    EXPECT_EQ(read_file(path("out")), "new");
    EXPECT_EQ(read_file(old, "old"), "old");
    EXPECT_EQ(names(), std::vector<std::string>{"out"});
}

TEST_F(OutputFileTest, WithoutFinishNothingChanges) {
    replace_file(path("out"), "old");
    { write_all(OutputFile(path("out"), {}).file(), "new", "out"); }
    EXPECT_EQ(read_file(path("out")), "old");
    EXPECT_EQ(names(), std::vector<std::string>{"out"});
}

TEST_F(OutputFileTest, WritesIntoADevice) {
    if (::mknod(path("null").c_str(), S_IFCHR | 0666, makedev(1, 3)) != 0) GTEST_SKIP() << "needs root";
    replace_file(path("null"), "text");
    EXPECT_EQ(type("null"), static_cast<mode_t>(S_IFCHR));
    EXPECT_EQ(names(), std::vector<std::string>{"null"});
}

TEST_F(OutputFileTest, WritesIntoAPipeInOrderOrNot) {
    ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
    const Fd reader = open_path(path("pipe"), O_RDONLY | O_NONBLOCK);
    replace_file(path("pipe"), "first");
    OutputFile output(path("pipe"), {.writes_anywhere = true});
    ASSERT_EQ(::pwrite(output.file().get(), "nd", 2, 4), 2);
    ASSERT_EQ(::pwrite(output.file().get(), "seco", 4, 0), 4);
    output.finish();
    EXPECT_EQ(read_file(reader, "pipe"), "firstsecond");
    EXPECT_EQ(type("pipe"), static_cast<mode_t>(S_IFIFO));
}

TEST_F(OutputFileTest, WritesBehindWhatItsDescriptorHasWritten) {
    const Fd file = open_path(path("out"), O_WRONLY | O_CREAT, 0600);
    write_all(file, "before ", "out");
    replace_file(fmt::format("/dev/fd/{}", file.get()), "after");
    EXPECT_EQ(read_file(path("out")), "before after");
}

TEST_F(OutputFileTest, FollowsALinkOfItsOwner) {
    link("target", "link");
    replace_file(path("link"), "text");
    EXPECT_EQ(type("link"), static_cast<mode_t>(S_IFLNK));
    EXPECT_EQ(read_file(path("target")), "text");
    link("loop", "loop");
    EXPECT_THROW(replace_file(path("loop"), "text"), Error);
}

TEST_F(OutputFileTest, RefusesALinkOfSomebodyElse) {
    link("target", "link");
    if (::lchown(path("link").c_str(), 4711, 4711) != 0) GTEST_SKIP() << "needs root";
    EXPECT_THROW(replace_file(path("link"), "text"), Error);
    EXPECT_EQ(::access(path("target").c_str(), F_OK), -1);
}

TEST_F(OutputFileTest, OwnFormatsReplaceLinks) {
    link("target", "link");
    replace_own_file(path("link"), "text");
    EXPECT_EQ(type("link"), static_cast<mode_t>(S_IFREG));
    EXPECT_EQ(::access(path("target").c_str(), F_OK), -1);
}

TEST_F(OutputFileTest, RefusesLinksThatLeadOutOfADistrustedFolder) {
    make_folders(path("context/sub"));
    make_folders(path("outside"));
    distrust_links_in(path("context"));
    link("../victim", "context/out");
    link("sub/inside", "context/in");
    link("../outside", "context/folder");
    link("context/out", "way");
    for (const char* name : {"context/out", "context/folder/new", "context/sub/../out", "way"})
        EXPECT_THROW(replace_file(path(name), "text"), Error) << name;
    EXPECT_THROW(open_output(path("context/out"), O_TRUNC), Error);
    EXPECT_THROW(check_output_folder(path("context/folder")), Error);
    EXPECT_EQ(::access(path("victim").c_str(), F_OK), -1);
    EXPECT_EQ(::access(path("outside/new").c_str(), F_OK), -1);
    replace_file(path("context/in"), "text");
    EXPECT_EQ(read_file(path("context/sub/inside")), "text");
    replace_file(path("context/sub/../../outside/x"), "text");
    check_output_folder(path("context/sub"));
}

TEST_F(OutputFileTest, NothingPlantedBesideItIsFollowed) {
    replace_file(path("victim"), "untouched");
    link("victim", fmt::format("out.{}.tmp", ::getpid()));
    replace_file(path("out"), "text");
    EXPECT_EQ(read_file(path("victim")), "untouched");
}

TEST_F(OutputFileTest, RemovesWhatAKillLeftAndNothingAlive) {
    for (const char* name :
         {".out.builder-killed", ".out.builder-living", ".out.builder-longer2", ".else.builder-killed"})
        open_path(path(name), O_WRONLY | O_CREAT, 0600);
    const Fd living = open_path(path(".out.builder-living"), O_RDONLY);
    ASSERT_EQ(::flock(living.get(), LOCK_EX), 0);
    replace_file(path("out"), "text");
    EXPECT_EQ(names(),
              (std::vector<std::string>{".else.builder-killed", ".out.builder-living", ".out.builder-longer2", "out"}));
}

TEST_F(OutputFileTest, TakesTheLongestNameAndNoFolder) {
    replace_file(path(std::string(255, 'n')), "text");
    EXPECT_EQ(read_file(path(std::string(255, 'n'))), "text");
    EXPECT_THROW(replace_file(folder_.path(), "text"), Error);
    EXPECT_THROW(replace_file(folder_.path() + "/", "text"), Error);
}

}  // namespace
}  // namespace runtime
