#include "layers/layer_reader.hpp"

#include <gmock/gmock.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "layers/layer_writer.hpp"
#include "layers/tar_writer.hpp"
#include "runtime/base/error.hpp"
#include "tests/unit/layers/layer_reader_fixture.hpp"

namespace layers {
namespace {

using namespace layers::testing;
using ::testing::HasSubstr;

TEST_F(LayerReader, WritingAgainGivesTheSameBytes) {
    NEEDS_ROOT();
    const auto source = [this](const std::string& name) { return folder_.path("tree/" + name); };
    make_folder(source("bin"), 0755);
    write_file(source("bin/su"), "setuid", 04755);
    write_file(source("bin/wall"), "setgid", 02755);
    ASSERT_EQ(::chown(source("bin/wall").c_str(), 0, 5), 0);
    ASSERT_EQ(::chmod(source("bin/wall").c_str(), 02755), 0);
    write_file(source("bin/ping"), "capability", 0755);
    const std::string capability("\1\0\0\2\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
    ASSERT_EQ(::chown(source("bin/ping").c_str(), 1234, 3'000'000), 0);
    ASSERT_EQ(::setxattr(source("bin/ping").c_str(), "security.capability", capability.data(), capability.size(), 0),
              0);
    ASSERT_EQ(::setxattr(source("bin/ping").c_str(), "user.binary", "a\0=\n", 4, 0), 0);
    ASSERT_EQ(::link(source("bin/ping").c_str(), source("bin/ping4").c_str()), 0);
    make_folder(source("tmp"), 01777);
    make_folder(source("closed"), 0500);
    write_file(source("closed/secret"), "x", 0);
    make_folder(source(std::string(200, 'd')));
    write_file(source(std::string(200, 'd') + "/" + std::string(250, 'f')), "deep");
    ASSERT_EQ(::symlink(std::string(300, 't').c_str(), source("long-link").c_str()), 0);
    ASSERT_EQ(::lchown(source("long-link").c_str(), 7, 8), 0);
    write_file(source("caf\xc3\xa9"), "composed");
    write_file(source("cafe\xcc\x81"), "decomposed");
    write_file(source("raw\xff\xfe"), "bytes");
    write_file(source("raw\xff" + std::string(120, 'x')), "long bytes");
    write_file(source("new\nline\\"), "odd");
    ASSERT_EQ(::mkfifo(source("fifo").c_str(), 0640), 0);
    ASSERT_EQ(::mknod(source("null").c_str(), S_IFCHR | 0666, makedev(1, 3)), 0);
    ASSERT_EQ(::mknod(source("disk").c_str(), S_IFBLK | 0660, makedev(8, 1)), 0);
    ASSERT_EQ(::truncate((write_file(source("sparse"), "s"), source("sparse")).c_str(), 3 << 20), 0);
    overlay::make_opaque(open_folder(source("tmp")), overlay::MarkNamespace::trusted);
    overlay::make_whiteout(open_folder(source("closed")), "gone");
    set_mtime(source("bin"), {1'600'000'000, 123'456'789});
    set_mtime(source("long-link"), {1'600'000'001, 1});

    const std::string tar = tar_of(folder_.path("tree"));
    const UnpackStatistics statistics = apply_tar(tar);
    EXPECT_EQ(tar_of(folder_.path("diff")), tar);
    EXPECT_EQ(statistics.ignored_xattrs, 0U);
    EXPECT_EQ(status(diff("bin/ping")).st_ino, status(diff("bin/ping4")).st_ino);
    EXPECT_TRUE(overlay::is_opaque(open_folder(diff("tmp")), overlay::MarkNamespace::trusted));
}

TEST_F(LayerReader, DeletionsAreAboutLowerLayersOnly) {
    NEEDS_ROOT();
    put(TarType::folder, "kept");
    put(TarType::file, "kept/inside", "1");
    put(TarType::file, "kept/.wh..wh..opq");
    put(TarType::file, "late", "2");
    put(TarType::file, ".wh.late");
    put(TarType::file, ".wh.early");
    put(TarType::folder, "early");
    put(TarType::file, ".wh.replaced");
    put(TarType::file, "replaced", "3");
    put(TarType::file, ".wh.gone");
    apply();
    EXPECT_TRUE(exists("kept/inside"));
    EXPECT_TRUE(overlay::is_opaque(open_folder(diff("kept")), overlay::MarkNamespace::trusted));
    EXPECT_TRUE(S_ISREG(status(diff("late")).st_mode));
    EXPECT_TRUE(overlay::is_opaque(open_folder(diff("early")), overlay::MarkNamespace::trusted));
    EXPECT_TRUE(S_ISREG(status(diff("replaced")).st_mode));
    EXPECT_TRUE(overlay::is_whiteout(status(diff("gone"))));
}

TEST_F(LayerReader, AFolderThatHoldsOnlyDeletionsCanBeDeletedToo) {
    NEEDS_ROOT();
    put(TarType::file, "t/.wh.b");
    put(TarType::file, "t/s/.wh.c");
    put(TarType::file, ".wh.t");
    put(TarType::file, "u/file", "1");
    put(TarType::file, "u/.wh.x");
    put(TarType::file, ".wh.u");
    apply();
    EXPECT_TRUE(overlay::is_whiteout(status(diff("t"))));
    // What the layer itself has is not deleted by it, and hides what is below.
    EXPECT_TRUE(exists("u/file"));
    EXPECT_TRUE(overlay::is_opaque(open_folder(diff("u")), overlay::MarkNamespace::trusted));
    EXPECT_FALSE(exists("u/x"));
}

TEST_F(LayerReader, DeletionsInADeletedFolderSayNothing) {
    NEEDS_ROOT();
    put(TarType::file, ".wh.t");
    put(TarType::file, "t/.wh.b");
    put(TarType::file, "t/s/.wh..wh..opq");
    apply();
    EXPECT_TRUE(overlay::is_whiteout(status(diff("t"))));
}

TEST_F(LayerReader, WhatComesAfterADeletionIsNew) {
    NEEDS_ROOT();
    put(TarType::file, ".wh.t");
    put(TarType::file, "t/s/file", "1");
    put(TarType::file, "t/.wh.old");
    bool has_asked = false;
    ApplyOptions options;
    options.lower_folder = [&](const std::string&) {
        has_asked = true;
        return std::optional<struct stat>();
    };
    apply(options);
    EXPECT_FALSE(has_asked);
    EXPECT_TRUE(exists("t/s/file"));
    EXPECT_TRUE(overlay::is_opaque(open_folder(diff("t")), overlay::MarkNamespace::trusted));
    EXPECT_FALSE(exists("t/old"));
}

TEST_F(LayerReader, MarksThatHideNothingAreLeftOut) {
    NEEDS_ROOT();
    put(TarType::file, ".wh.top");
    put(TarType::folder, "new");
    put(TarType::file, "new/.wh.x");
    put(TarType::file, "no/such/.wh.x");
    put(TarType::folder, "opaque");
    put(TarType::file, "opaque/.wh.before");
    put(TarType::file, "opaque/.wh..wh..opq");
    put(TarType::file, "opaque/.wh.after");
    put(TarType::file, "opaque/in/.wh.deep");
    put(TarType::folder, "there");
    put(TarType::file, "there/.wh.x");
    apply({.is_lower_folder = [](const std::string& path) { return path == "there" || path.starts_with("opaque"); }});
    EXPECT_TRUE(overlay::is_whiteout(status(diff("top"))));
    for (const char* name : {"new/x", "no/such/x", "opaque/before", "opaque/after", "opaque/in/deep"})
        EXPECT_FALSE(exists(name)) << name;
    EXPECT_TRUE(overlay::is_whiteout(status(diff("there/x"))));
}

TEST_F(LayerReader, UserMarks) {
    put(TarType::folder, "d");
    put(TarType::file, "d/.wh..wh..opq");
    apply({.marks = overlay::MarkNamespace::user});
    EXPECT_TRUE(overlay::is_opaque(open_folder(diff("d")), overlay::MarkNamespace::user));
}

TEST_F(LayerReader, LaterEntriesReplaceEarlierOnes) {
    put(TarType::file, "a", "file");
    put(TarType::folder, "a");
    put(TarType::file, "a/x", "1");
    put(TarType::folder, "b");
    put(TarType::file, "b/x", "1");
    put(TarType::file, "b", "file");
    put(TarType::symbolic_link, "c", "a");
    put(TarType::folder, "c");
    put(TarType::file, "c/y", "2");
    put(TarType::file, "a/x", "newer");
    apply();
    EXPECT_EQ(runtime::read_file(diff("a/x")), "newer");
    EXPECT_EQ(runtime::read_file(diff("b")), "file");
    EXPECT_TRUE(S_ISDIR(status(diff("c")).st_mode));
    EXPECT_FALSE(exists("a/y"));
}

TEST_F(LayerReader, PathsThroughLinksStayInside) {
    put(TarType::symbolic_link, "lib", "usr/lib");
    put(TarType::file, "lib/made", "1");
    put(TarType::symbolic_link, "up", "../../../../../../../..");
    put(TarType::file, "up/top", "2");
    put(TarType::symbolic_link, "absolute", "/etc");
    put(TarType::file, "absolute/passwd", "3");
    apply();
    EXPECT_EQ(runtime::read_file(diff("usr/lib/made")), "1");
    EXPECT_EQ(runtime::read_file(diff("top")), "2");
    EXPECT_EQ(runtime::read_file(diff("etc/passwd")), "3");
}

TEST_F(LayerReader, LinksAreReplacedNotWrittenThrough) {
    write_file(folder_.path("outside"), "safe");
    put(TarType::symbolic_link, "l", folder_.path("outside"));
    put(TarType::file, "l", "evil");
    apply();
    EXPECT_EQ(runtime::read_file(folder_.path("outside")), "safe");
    EXPECT_EQ(runtime::read_file(diff("l")), "evil");
}

TEST_F(LayerReader, EndlessLinksEnd) {
    put(TarType::symbolic_link, "a", "b");
    put(TarType::symbolic_link, "b", "a");
    put(TarType::file, "a/x", "1");
    EXPECT_THAT(refused(), HasSubstr("entry 'a/x'"));
}

TEST_F(LayerReader, ImpliedFoldersLookAsBelow) {
    NEEDS_ROOT();
    put(TarType::file, "var/mail/x", "1");
    ApplyOptions options;
    options.lower_folder = [](const std::string& path) {
        struct stat below {};
        below.st_mode = S_IFDIR | 02775;
        below.st_gid = 8;
        below.st_mtim = {77, 0};
        return path == "var/mail" ? std::optional(below) : std::nullopt;
    };
    apply(options);
    EXPECT_EQ(status(diff("var/mail")).st_mode & 07777, 02775U);
    EXPECT_EQ(status(diff("var/mail")).st_gid, 8U);
    EXPECT_EQ(status(diff("var/mail")).st_mtim.tv_sec, 77);
    EXPECT_EQ(status(diff("var")).st_mode & 07777, 0755U);
}

TEST_F(LayerReader, OwnersAreMapped) {
    NEEDS_ROOT();
    put({.path = "f", .mode = 04755, .uid = 5, .gid = 6});
    apply({.owners = {.map = [](Owner owner) { return Owner{owner.uid + 100'000, owner.gid + 200'000}; }}});
    EXPECT_EQ(status(diff("f")).st_uid, 100'005U);
    EXPECT_EQ(status(diff("f")).st_gid, 200'006U);
    EXPECT_EQ(status(diff("f")).st_mode & 07777, 04755U);
    put({.path = "g", .uid = std::uint64_t{1} << 32});
    EXPECT_THAT(refused(), HasSubstr("larger than the system knows"));
}

TEST_F(LayerReader, FolderTimesSurviveTheirContent) {
    put(TarType::folder, "a", "", 0500);
    put(TarType::folder, "a/b");
    put(TarType::file, "a/b/c", "1");
    apply();
    EXPECT_EQ(status(diff("a")).st_mtim.tv_sec, 5);
    EXPECT_EQ(status(diff("a/b")).st_mtim.tv_sec, 5);
    EXPECT_EQ(status(diff("a")).st_mode & 07777, 0500U);
}

/// Streams that other writers make.
class ForeignTar : public LayerReader, public ::testing::WithParamInterface<const char*> {};

TEST_P(ForeignTar, GnuTarWritesWeRead) {
    NEEDS_ROOT();
    make_folder(folder_.path("tree/" + std::string(150, 'd')));
    write_file(folder_.path("tree/" + std::string(150, 'd') + "/" + std::string(200, 'f')), "deep", 0640);
    write_file(folder_.path("tree/raw\xff"), "bytes");
    write_file(folder_.path("tree/caf\xc3\xa9"), "utf");
    ASSERT_EQ(::link(folder_.path("tree/raw\xff").c_str(), folder_.path("tree/raw2\xff").c_str()), 0);
    ASSERT_EQ(::symlink(std::string(200, 't').c_str(), folder_.path("tree/l").c_str()), 0);
    const runtime::Fd sparse = runtime::open_path(folder_.path("tree/sparse"), O_RDWR | O_CREAT, 0644);
    ASSERT_EQ(::pwrite(sparse.get(), "data", 4, 1 << 20), 4);
    ASSERT_EQ(::pwrite(sparse.get(), "more", 4, 2 << 20), 4);
    ASSERT_EQ(::ftruncate(sparse.get(), 3 << 20), 0);
    set_mtime(folder_.path("tree/sparse"), {1'600'000'000, 0});
    run_shell("tar -C " + folder_.path("tree") + " " + GetParam() + " -cf " + folder_.path("t.tar") + " .");
    apply_tar(runtime::read_file(folder_.path("t.tar")));
    EXPECT_EQ(run_shell("diff -r --no-dereference " + folder_.path("tree") + " " + folder_.path("diff")), "");
    const std::string list =
        " && find . -mindepth 1 -printf '%P %y %m %s %U %G %Ts %n\\n' | sed '/ d /s/ [0-9]* \\([0-9]* [0-9]* [0-9]* "
        "[0-9]*\\)$/ \\1/' | sort";
    EXPECT_EQ(run_shell("cd " + folder_.path("tree") + list), run_shell("cd " + folder_.path("diff") + list));
}

INSTANTIATE_TEST_SUITE_P(Forms, ForeignTar,
                         ::testing::Values("--format=gnu", "--format=posix", "--format=gnu --sparse",
                                           "--format=posix --sparse", "--format=posix --sparse --sparse-version=0.1",
                                           "--format=posix --sparse --sparse-version=0.0",
                                           "--format=posix --pax-option=hdrcharset=BINARY"));

}  // namespace
}  // namespace layers
