#include "runtime/sys/ownership.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "runtime/sys/file.hpp"
#include "runtime/sys/hard_link.hpp"
#include "runtime/sys/temp_folder.hpp"
#include "runtime/sys/xattr.hpp"

namespace runtime {
namespace {

namespace fs = std::filesystem;

class OwnersAside : public testing::Test {
protected:
    void SetUp() override {
        std::ofstream(folder_.path("file")) << "text";
        if (::setxattr(folder_.path("file").c_str(), "user.builder.owner", "", 0, 0) != 0)
            GTEST_SKIP() << "the file system takes no extended attributes of users";
        fs::create_symlink("file", folder_.path("link"));
        fs::create_symlink("file", folder_.path("other"));
        keep_owners_aside(true);
    }
    void TearDown() override { keep_owners_aside(false); }
    std::pair<uid_t, gid_t> owner(const std::string& name) const {
        const auto status = stat_at(folder_.fd(), name);
        return {status->st_uid, status->st_gid};
    }
    TempFolder folder_;
};
using Ids = std::pair<uid_t, gid_t>;

TEST_F(OwnersAside, EverythingBelongsToRootUntilItIsSaidOtherwise) {
    EXPECT_EQ(owner("file"), Ids(0, 0));
    EXPECT_EQ(owner("link"), Ids(0, 0));
}

TEST_F(OwnersAside, FilesRememberTheirOwner) {
    EXPECT_EQ(set_owner_at(folder_.fd(), "file", 4'000'000'000, 12), 0);
    EXPECT_EQ(owner("file"), Ids(4'000'000'000, 12));
    const Fd place = open_path(folder_.path("file"), O_PATH);
    EXPECT_EQ(stat_of(place).st_uid, 4'000'000'000);
    EXPECT_EQ(set_owner(place, 0, 0), 0);
    EXPECT_EQ(owner("file"), Ids(0, 0));
}

TEST_F(OwnersAside, TheOwnerGoesWithARename) {
    set_owner_at(folder_.fd(), "file", 5, 6);
    fs::rename(folder_.path("file"), folder_.path("renamed"));
    EXPECT_EQ(owner("renamed"), Ids(5, 6));
}

TEST_F(OwnersAside, ModesThatLockOutAreNoted) {
    keep_modes_aside(true);
    const auto mode = [&] { return stat_at(folder_.fd(), "file")->st_mode & 07777; };
    const auto real_mode = [&] {
        struct stat status {};
        ::stat(folder_.path("file").c_str(), &status);
        return status.st_mode & 07777;
    };
    EXPECT_EQ(set_mode_at(folder_.fd(), "file", 0), 0);
    EXPECT_EQ(mode(), 0U);
    EXPECT_EQ(real_mode(), 0600U);
    EXPECT_EQ(set_owner_at(folder_.fd(), "file", 5, 6), 0);
    EXPECT_EQ(mode(), 0U);
    EXPECT_EQ(owner("file"), Ids(5, 6));
    // A note counts only as long as the file has the mode that goes with it.
    ::chmod(folder_.path("file").c_str(), 0644);
    EXPECT_EQ(mode(), 0644U);
    EXPECT_EQ(set_mode(open_path(folder_.path("file"), O_PATH), 04755), 0);
    EXPECT_EQ(mode(), 04755U);
    EXPECT_EQ(owner("file"), Ids(5, 6));
    EXPECT_EQ(set_mode_at(folder_.fd(), "link", 0644), EOPNOTSUPP);
    keep_modes_aside(false);
}

TEST_F(OwnersAside, NotesOfCapabilitiesAreReadAsSuch) {
    const std::string value("\1\0\0\2some capabilities", 20);
    ASSERT_EQ(::setxattr(folder_.path("file").c_str(), capability_note, value.data(), value.size(), 0), 0);
    const Fd file = open_path(folder_.path("file"), O_RDONLY);
    EXPECT_EQ(read_xattrs(file), (Xattrs{{"security.capability", value}, {"user.builder.owner", ""}}));
    EXPECT_TRUE(is_owner_record(capability_note));
}

TEST_F(OwnersAside, LinksAreNotedInTheirFolder) {
    set_owner_at(folder_.fd(), "link", 7, 8);
    set_owner_at(folder_.fd(), "other", 9, 0);
    EXPECT_EQ(owner("link"), Ids(7, 8));
    EXPECT_EQ(owner("other"), Ids(9, 0));
    EXPECT_EQ(owner("file"), Ids(0, 0));
    set_owner_at(folder_.fd(), "link", 0, 0);
    EXPECT_EQ(owner("link"), Ids(0, 0));
    EXPECT_EQ(owner("other"), Ids(9, 0));
}

TEST_F(OwnersAside, NotesAreNoContent) {
    EXPECT_TRUE(is_owner_record("user.builder.owner"));
    EXPECT_TRUE(is_owner_record("user.builder.owners"));
    EXPECT_FALSE(is_owner_record("user.builder"));
    keep_owners_aside(false);
    EXPECT_FALSE(is_owner_record("user.builder.owner"));
}

TEST_F(OwnersAside, ABrokenNoteIsNone) {
    for (const char* text : {"", "x", "5", "5:", ":6", "99999999999:1"}) {
        ::setxattr(folder_.path("file").c_str(), "user.builder.owner", text, std::strlen(text), 0);
        EXPECT_EQ(owner("file"), Ids(0, 0)) << text;
    }
}

/// Somebody swaps a file for a link to a file outside, all the time.
class SwappedNames : public testing::Test {
protected:
    void SetUp() override {
        for (const char* name : {"victim", "file"})
            ::close(::open(folder_.path(name).c_str(), O_CREAT | O_WRONLY, 0600));
        fs::create_symlink(folder_.path("victim"), folder_.path("link"));
        swapper_ = std::thread([this] {
            while (!ends_)
                swaps_ += ::syscall(SYS_renameat2, folder_.fd().get(), "file", folder_.fd().get(), "link", 2) == 0;
        });
    }
    void TearDown() override {
        ends_ = true;
        swapper_.join();
        keep_owners_aside(false);
        keep_modes_aside(false);
    }
    /// Until both have had their turn, many times.
    void set_modes() {
        int done = 0;
        int refused = 0;
        for (long rounds = 0;
             rounds < 20'000 || ((done < 1000 || refused < 1000 || swaps_ < 1000) && rounds < 5'000'000); ++rounds)
            (set_mode_at(folder_.fd(), "file", 0666) == 0 ? done : refused) += 1;
        EXPECT_GE(done, 1000);
        EXPECT_GE(refused, 1000);
        EXPECT_EQ(stat_at(folder_.fd(), "victim").value().st_mode & 07777, 0600U);
    }

    TempFolder folder_;
    std::atomic<bool> ends_ = false;
    std::atomic<long> swaps_ = 0;
    std::thread swapper_;
};

TEST_F(SwappedNames, ModesFollowNoLink) {
    set_modes();
}

TEST_F(SwappedNames, ModesThatAreNotedFollowNoLink) {
    keep_owners_aside(true);
    keep_modes_aside(true);
    set_modes();
}

TEST(HardLinks, AreMadeWithoutFollowingLinks) {
    const TempFolder folder;
    make_folders(folder.path("root/real"));
    make_folders(folder.path("outside"));
    replace_file(folder.path("outside/file"), "secret");
    replace_file(folder.path("root/real/file"), "own");
    fs::create_symlink("../outside", folder.path("root/swapped"));
    const Fd root = open_path(folder.path("root"), O_RDONLY | O_DIRECTORY);
    EXPECT_EQ(link_beneath(root, "real/file", root, "good"), 0);
    EXPECT_EQ(read_file(folder.path("root/good")), "own");
    EXPECT_NE(link_beneath(root, "swapped/file", root, "bad"), 0);
    EXPECT_NE(link_beneath(root, "../outside/file", root, "bad"), 0);
    EXPECT_FALSE(stat_at(root, "bad"));
}

}  // namespace
}  // namespace runtime
