// Layers that no honest tool writes.
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "tests/unit/layers/layer_reader_fixture.hpp"

namespace layers {
namespace {

using namespace layers::testing;
using ::testing::HasSubstr;

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

}  // namespace
}  // namespace layers
