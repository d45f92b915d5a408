#include "layers/layer_writer.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include "layers/digest.hpp"
#include "runtime/base/error.hpp"
#include "tests/unit/layers/tar_tools.hpp"

namespace layers {
namespace {

using namespace layers::testing;

class LayerWriter : public ::testing::Test {
protected:
    LayerWriter() { make_folder(folder_.path("diff")); }

    std::string diff(const std::string& name) const { return folder_.path("diff/" + name); }

    std::string write(const LayerWriteOptions& options = {}) {
        runtime::StringSink sink;
        statistics_ = write_layer_tar(open_folder(folder_.path("diff")), sink, options);
        EXPECT_EQ(statistics_.bytes, sink.text().size());
        runtime::replace_file(folder_.path("layer.tar"), sink.text());
        return sink.take();
    }

    std::string names(const LayerWriteOptions& options = {}) {
        write(options);
        return tar_names(folder_.path("layer.tar"));
    }

    runtime::TempFolder folder_;
    LayerStatistics statistics_;
};

#define NEEDS_ROOT() \
    if (!is_root()) GTEST_SKIP() << "needs root: devices, owners and trusted xattrs"

TEST_F(LayerWriter, ParentsFirstAndSorted) {
    make_folder(diff("b/sub"));
    write_file(diff("b/sub/x"), "1");
    write_file(diff("b-"), "2");
    write_file(diff("a"), "3");
    EXPECT_EQ(names(), "a\nb/\nb/sub/\nb/sub/x\nb-\n");
    EXPECT_EQ(statistics_.entries, 5U);
    EXPECT_EQ(names({.include_root = true}), "./\na\nb/\nb/sub/\nb/sub/x\nb-\n");
}

TEST_F(LayerWriter, EmptyFolderIsTwoZeroBlocks) {
    EXPECT_EQ(write(), std::string(1024, '\0'));
}

TEST_F(LayerWriter, WhiteoutsAndOpaqueFolders) {
    NEEDS_ROOT();
    make_folder(diff("d"));
    const runtime::Fd folder = open_folder(diff("d"));
    overlay::make_opaque(folder, overlay::MarkNamespace::trusted);
    overlay::make_whiteout(folder, "gone");
    write_file(diff("d/.first"), "");
    EXPECT_EQ(names(), "d/\nd/.wh..wh..opq\nd/.first\nd/.wh.gone\n");
    EXPECT_THAT(run_shell("tar --numeric-owner --utc -tvf " + folder_.path("layer.tar") + " d/.wh.gone"),
                ::testing::StartsWith("---------- 0/0               0 1970-01-01 00:00"));
    EXPECT_THAT(write(), ::testing::Not(::testing::HasSubstr("overlay")));
    EXPECT_EQ(names({.marks = overlay::MarkNamespace::user}), "d/\nd/.first\nd/.wh.gone\n");
}

TEST_F(LayerWriter, HardLinksToTheFirstName) {
    write_file(diff("one"), "content");
    make_folder(diff("a"));
    ASSERT_EQ(::link(diff("one").c_str(), diff("a/two").c_str()), 0);
    ASSERT_EQ(::link(diff("one").c_str(), diff("zero").c_str()), 0);
    ASSERT_EQ(::symlink("one", diff("s1").c_str()), 0);
    ASSERT_EQ(::linkat(AT_FDCWD, diff("s1").c_str(), AT_FDCWD, diff("s2").c_str(), 0), 0);
    write();
    const std::string listing = run_shell("tar -tvf " + folder_.path("layer.tar"));
    EXPECT_THAT(listing, ::testing::HasSubstr("one link to a/two"));
    EXPECT_THAT(listing, ::testing::HasSubstr("zero link to a/two"));
    EXPECT_THAT(listing, ::testing::HasSubstr("s1 -> one"));
    EXPECT_THAT(listing, ::testing::HasSubstr("s2 link to s1"));
}

TEST_F(LayerWriter, SpecialFiles) {
    NEEDS_ROOT();
    ASSERT_EQ(::mkfifo(diff("fifo").c_str(), 0600), 0);
    ASSERT_EQ(::mknod(diff("null").c_str(), S_IFCHR | 0666, makedev(1, 3)), 0);
    ASSERT_EQ(::mknod(diff("disk").c_str(), S_IFBLK | 0660, makedev(259, 70000)), 0);
    const runtime::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    diff("socket").copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(names(), "disk\nfifo\nnull\n");
    const std::string listing = run_shell("tar -tvf " + folder_.path("layer.tar"));
    EXPECT_THAT(listing, ::testing::HasSubstr("259,70000"));
    EXPECT_THAT(listing, ::testing::HasSubstr("1,3"));
}

TEST_F(LayerWriter, HolesAreZeros) {
    const runtime::Fd file = runtime::open_path(diff("sparse"), O_RDWR | O_CREAT, 0644);
    ASSERT_EQ(::pwrite(file.get(), "data", 4, 3 << 20), 4);
    ASSERT_EQ(::ftruncate(file.get(), (5 << 20) + 7), 0);
    std::string expected((5 << 20) + 7, '\0');
    expected.replace(3 << 20, 4, "data");
    EXPECT_EQ(write({.clamp_mtime = timespec{}}).substr(512, expected.size()), expected);
}

TEST_F(LayerWriter, TimesAreClampedOrRewritten) {
    write_file(diff("new"), "");
    write_file(diff("old"), "");
    set_mtime(diff("new"), {2'000'000'000, 5});
    set_mtime(diff("old"), {1000, 7});
    const auto times = [&](const LayerWriteOptions& options) {
        write(options);
        return run_shell(
            "python3 -c 'import sys,tarfile\nfor m in tarfile.open(sys.argv[1]): print(m.name, m.mtime)' " +
            folder_.path("layer.tar"));
    };
    EXPECT_EQ(times({}), "new 2000000000.0\nold 1000.000000007\n");
    EXPECT_EQ(times({.clamp_mtime = timespec{1500, 0}}), "new 1500\nold 1000.000000007\n");
    EXPECT_EQ(times({.clamp_mtime = timespec{1500, 0}, .rewrite_all_mtimes = true}), "new 1500\nold 1500\n");
}

TEST_F(LayerWriter, OwnersAreMapped) {
    NEEDS_ROOT();
    write_file(diff("f"), "");
    ASSERT_EQ(::chown(diff("f").c_str(), 100'005, 100'000), 0);
    write({.map_owner = [](Owner owner) { return Owner{owner.uid - 100'000, owner.gid - 100'000}; }});
    EXPECT_THAT(run_shell("tar --numeric-owner -tvf " + folder_.path("layer.tar")), ::testing::HasSubstr(" 5/0 "));
}

TEST_F(LayerWriter, AttributesExceptTheMachinesOwn) {
    NEEDS_ROOT();
    write_file(diff("f"), "");
    ASSERT_EQ(::setxattr(diff("f").c_str(), "user.kept", "v1", 2, 0), 0);
    ASSERT_EQ(::setxattr(diff("f").c_str(), "trusted.overlay.origin", "v2", 2, 0), 0);
    const std::string capability("\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
    ASSERT_EQ(::setxattr(diff("f").c_str(), "security.capability", capability.data(), capability.size(), 0), 0);
    const std::string tar = write();
    EXPECT_THAT(tar, ::testing::HasSubstr("SCHILY.xattr.user.kept=v1\n"));
    EXPECT_THAT(tar, ::testing::HasSubstr("SCHILY.xattr.security.capability=" + capability + "\n"));
    EXPECT_THAT(tar, ::testing::Not(::testing::HasSubstr("overlay")));
}

TEST_F(LayerWriter, RefusesWhatALayerCannotSay) {
    NEEDS_ROOT();
    make_folder(diff("renamed"));
    ASSERT_EQ(::setxattr(diff("renamed").c_str(), "trusted.overlay.redirect", "/old", 4, 0), 0);
    EXPECT_THROW(write(), runtime::Error);
    ASSERT_EQ(::removexattr(diff("renamed").c_str(), "trusted.overlay.redirect"), 0);
    EXPECT_NO_THROW(write());
    write_file(diff("renamed/.wh.x"), "");
    EXPECT_THROW(write(), runtime::Error);
}

TEST_F(LayerWriter, GnuTarUnpacksTheSameTree) {
    NEEDS_ROOT();
    const std::string long_folder = "l" + std::string(200, 'o') + "ng";
    make_folder(diff(long_folder));
    write_file(diff(long_folder + "/" + std::string(250, 'n')), "deep", 04711);
    write_file(diff("caf\xc3\xa9"), "utf", 02755);
    write_file(diff("raw\xff"), "bytes", 0);
    make_folder(diff("tmp"), 01777);
    set_mtime(diff("raw\xff"), {1'234'567'890, 123'456'789});
    write();
    make_folder(folder_.path("out"));
    run_shell("tar --xattrs --xattrs-include='*' -C " + folder_.path("out") + " -xpf " + folder_.path("layer.tar"));
    EXPECT_EQ(run_shell("cd " + folder_.path("diff") + " && find . -mindepth 1 -printf '%P %m %s %T@ %U %G\\n' | sort"),
              run_shell("cd " + folder_.path("out") + " && find . -mindepth 1 -printf '%P %m %s %T@ %U %G\\n' | sort"));
    EXPECT_EQ(run_shell("diff -r " + folder_.path("diff") + " " + folder_.path("out")), "");
}

}  // namespace
}  // namespace layers
