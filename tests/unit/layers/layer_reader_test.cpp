#include "layers/layer_reader.hpp"

#include <gmock/gmock.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "layers/layer_writer.hpp"
#include "layers/tar_writer.hpp"
#include "runtime/base/error.hpp"
#include "tests/unit/layers/tar_tools.hpp"

namespace layers {
namespace {

using namespace layers::testing;
using ::testing::HasSubstr;

#define NEEDS_ROOT() \
    if (!is_root()) GTEST_SKIP() << "needs root: devices, owners and trusted xattrs"

class LayerReader : public ::testing::Test {
protected:
    LayerReader() {
        make_folder(folder_.path("diff"));
        writer_.emplace(stream_);
    }

    std::string diff(const std::string& name) const { return folder_.path("diff/" + name); }

    void put(TarType type, std::string path, std::string content_or_target = "", mode_t mode = 0755) {
        TarEntry entry{
            .path = std::move(path), .type = type, .mode = mode, .uid = ::getuid(), .gid = ::getgid(), .mtime = {5, 0}};
        if (type == TarType::file)
            entry.size = content_or_target.size();
        else
            entry.link_target = content_or_target;
        put(entry, content_or_target);
    }

    void put(const TarEntry& entry, const std::string& content = "") {
        writer_->begin(entry);
        if (entry.size != 0) writer_->write(std::as_bytes(std::span(content)));
    }

    UnpackStatistics apply(const ApplyOptions& options = {}) {
        writer_->finish();
        const std::string tar = stream_.take();
        writer_.emplace(stream_);
        return apply_tar(tar, options);
    }

    UnpackStatistics apply_tar(const std::string& tar, const ApplyOptions& options = {}) {
        runtime::MemorySource source(tar);
        return apply_layer(source, open_folder(folder_.path("diff")), options);
    }

    /// The message of the Error that applying must throw.
    std::string refused(const ApplyOptions& options = {}) {
        writer_->finish();
        const std::string tar = stream_.take();
        writer_.emplace(stream_);
        return refused_tar(tar, options);
    }

    std::string refused_tar(const std::string& tar, const ApplyOptions& options) {
        try {
            apply_tar(tar, options);
        } catch (const runtime::Error& error) {
            return error.full_message();
        }
        return "nothing was thrown";
    }

    bool exists(const std::string& name) const {
        return ::faccessat(AT_FDCWD, diff(name).c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    }

    std::string tar_of(const std::string& path) {
        runtime::StringSink sink;
        write_layer_tar(open_folder(path), sink, {});
        return sink.take();
    }

    runtime::TempFolder folder_;
    runtime::StringSink stream_;
    std::optional<TarWriter> writer_;
};

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
    apply({.lower_folder = [&](const std::string&) -> std::optional<struct stat> {
        has_asked = true;
        return std::nullopt;
}
}  // namespace
);
EXPECT_FALSE(has_asked);
EXPECT_TRUE(exists("t/s/file"));
EXPECT_TRUE(overlay::is_opaque(open_folder(diff("t")), overlay::MarkNamespace::trusted));
EXPECT_FALSE(exists("t/old"));
}  // namespace layers

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

TEST_F(LayerReader, DotDotIsRefused) {
    for (const char* path : {"../evil", "a/../../evil", "..", "a/.."}) {
        put(TarType::file, path, "x");
        EXPECT_THAT(refused(), HasSubstr("'..'")) << path;
    }
    EXPECT_NE(::access(folder_.path("evil").c_str(), F_OK), 0);
    put(TarType::hard_link, "h", "../evil");
    EXPECT_THAT(refused(), HasSubstr("entry 'h'"));
}

TEST_F(LayerReader, AbsoluteAndDottedPathsLieInside) {
    put(TarType::folder, "./");
    put(TarType::file, "/etc/evil", "1");
    put(TarType::file, "./x//y", "2");
    put(TarType::hard_link, "/h", "/etc/evil");
    apply();
    EXPECT_EQ(runtime::read_file(diff("etc/evil")), "1");
    EXPECT_EQ(runtime::read_file(diff("x/y")), "2");
    EXPECT_EQ(status(diff("h")).st_nlink, 2U);
    EXPECT_EQ(status(diff("etc")).st_mode & 07777, 0755U);
}

TEST_F(LayerReader, HardLinksOnlyToWhatIsInside) {
    write_file(folder_.path("outside"), "secret");
    put(TarType::symbolic_link, "l", folder_.path("outside"));
    put(TarType::hard_link, "h", "l");
    apply();
    EXPECT_TRUE(S_ISLNK(status(diff("h")).st_mode));
    put(TarType::hard_link, "h2", "/outside");
    EXPECT_THAT(refused(), HasSubstr("not there"));
    put(TarType::symbolic_link, "up", "..");
    put(TarType::hard_link, "h3", "up/outside");
    EXPECT_THAT(refused(), HasSubstr("not there"));
}

TEST_F(LayerReader, HardLinkToItselfKeepsTheFile) {
    put(TarType::file, "a", "1");
    put(TarType::hard_link, "a", "a");
    apply();
    EXPECT_EQ(runtime::read_file(diff("a")), "1");
}

TEST_F(LayerReader, MarksInTheStreamAreDropped) {
    NEEDS_ROOT();
    TarEntry entry{.path = "d", .type = TarType::folder, .mode = 0755};
    entry.xattrs = {{"trusted.overlay.opaque", "y"},
                    {"trusted.overlay.redirect", "/etc"},
                    {"user.fine", "1"},
                    {"user.overlay.opaque", "y"}};
    put(entry);
    apply();
    EXPECT_FALSE(overlay::is_opaque(open_folder(diff("d")), overlay::MarkNamespace::trusted));
    EXPECT_EQ(runtime::read_xattrs(open_folder(diff("d"))), (runtime::Xattrs{{"user.fine", "1"}}));
}

TEST_F(LayerReader, NullDeviceIsADeletion) {
    NEEDS_ROOT();
    put({.path = "gone", .type = TarType::character_device});
    apply();
    EXPECT_TRUE(overlay::is_whiteout(status(diff("gone"))));
}

TEST_F(LayerReader, DevicesCanBeLeftOut) {
    put({.path = "null", .type = TarType::character_device, .mode = 0666, .device_major = 1, .device_minor = 3});
    EXPECT_EQ(apply({.skip_devices = true}).skipped_devices, 1U);
    EXPECT_FALSE(exists("null"));
}

TEST_F(LayerReader, DeletionsOfNothingAreRefused) {
    for (const char* path : {".wh.", ".wh..", ".wh...", "d/.wh.."}) {
        put(TarType::file, path);
        EXPECT_THAT(refused(), HasSubstr("deletes nothing")) << path;
    }
    put(TarType::file, ".wh.a/b");
    EXPECT_THAT(refused(), HasSubstr("means a deletion"));
    put(TarType::file, ".wh..wh.plnk/1.2", "aufs");
    EXPECT_NO_THROW(apply());
}

TEST_F(LayerReader, LimitOfContents) {
    put(TarType::file, "a", "12345");
    put(TarType::file, "b", "12345");
    EXPECT_THAT(refused({.max_bytes = 9}), HasSubstr("limit of 9 bytes"));
    put(TarType::file, "a", "12345");
    EXPECT_NO_THROW(apply({.max_bytes = 5}));
}

TEST_F(LayerReader, AbsurdSizesAreRefusedAtOnce) {
    const std::string content(600'000, 'x');
    writer_->begin({.path = "huge", .size = std::uint64_t{1} << 62});
    writer_->write(std::as_bytes(std::span(content)));
    EXPECT_THAT(refused_tar(stream_.text(), {}), HasSubstr("exceed the limit"));
    EXPECT_THAT(refused_tar(stream_.text(), {.max_bytes = std::uint64_t{1} << 63}), HasSubstr("tar stream"));
    EXPECT_LT(status(diff("huge")).st_blocks * 512, 1 << 20);
}

TEST_F(LayerReader, CutOffStreamsAreRefused) {
    put(TarType::file, "a", std::string(100'000, 'a'));
    writer_->finish();
    const std::string tar = stream_.take();
    writer_.emplace(stream_);
    EXPECT_THROW(apply_tar(tar.substr(0, 300)), runtime::Error);
    EXPECT_THROW(apply_tar(tar.substr(0, 50'000)), runtime::Error);
    EXPECT_THROW(apply_tar(std::string(1000, 'x')), runtime::Error);
    EXPECT_NO_THROW(apply_tar(""));
    EXPECT_NO_THROW(apply_tar(std::string(1024, '\0')));
}

TEST_F(LayerReader, ReadsTheSourceToItsEnd) {
    put(TarType::file, "a", "1");
    writer_->finish();
    runtime::MemorySource source(std::string_view(stream_.text()));
    const std::string tar = stream_.text() + std::string(700'000, '\0');
    runtime::MemorySource padded{std::string_view(tar)};
    apply_layer(padded, open_folder(folder_.path("diff")), {});
    std::array<std::byte, 1> rest;
    EXPECT_EQ(padded.read(rest), 0U);
}

TEST_F(LayerReader, ErrorsOfTheSourceComeThrough) {
    struct Broken final : runtime::Source {
        std::size_t read(std::span<std::byte>) override { throw runtime::Error("the line is dead"); }
    } broken;
    try {
        apply_layer(broken, open_folder(folder_.path("diff")), {});
        FAIL();
    } catch (const runtime::Error& error) {
        EXPECT_EQ(error.message(), "the line is dead");
    }
}

TEST_F(LayerReader, ImpliedFoldersLookAsBelow) {
    NEEDS_ROOT();
    put(TarType::file, "var/mail/x", "1");
    apply({.lower_folder = [](const std::string& path) -> std::optional<struct stat> {
        if (path != "var/mail") return std::nullopt;
        struct stat below {};
        below.st_mode = S_IFDIR | 02775;
        below.st_gid = 8;
        below.st_mtim = {77, 0};
        return below;
}
}  // namespace
);
EXPECT_EQ(status(diff("var/mail")).st_mode & 07777, 02775U);
EXPECT_EQ(status(diff("var/mail")).st_gid, 8U);
EXPECT_EQ(status(diff("var/mail")).st_mtim.tv_sec, 77);
EXPECT_EQ(status(diff("var")).st_mode & 07777, 0755U);
}  // namespace layers

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
