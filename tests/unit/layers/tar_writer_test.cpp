#include "layers/tar_writer.hpp"

#include <gmock/gmock.h>

#include "layers/digest.hpp"
#include "runtime/base/error.hpp"
#include "tests/unit/layers/tar_tools.hpp"

namespace layers {
namespace {

using testing::run_shell;

std::string tar_of(const std::vector<std::pair<TarEntry, std::string>>& entries) {
    runtime::StringSink sink;
    TarWriter writer(sink);
    for (const auto& [entry, content] : entries) {
        writer.begin(entry);
        writer.write(std::as_bytes(std::span(content)));
    }
    writer.finish();
    EXPECT_EQ(writer.bytes(), sink.text().size());
    return sink.take();
}

TarEntry file_entry(std::string path, std::uint64_t size) {
    return {.path = std::move(path), .mode = 0644, .size = size, .mtime = {1, 0}};
}

/// What Python's tarfile says of the entries, one per line.
std::string python_listing(const std::string& tar) {
    const runtime::TempFolder folder;
    testing::write_file(folder.path("a.tar"), tar);
    return run_shell(
        "python3 -c 'import sys,tarfile\nfor m in tarfile.open(sys.argv[1]): print(ascii(m.name), m.type.decode(), "
        "oct(m.mode), m.uid, m.gid, m.size, m.mtime, ascii(m.linkname), m.devmajor, m.devminor, "
        "sorted((k, v) for k, v in m.pax_headers.items() if k.startswith(\"SCHILY\")))' " +
        folder.path("a.tar"));
}

TEST(TarWriter, PlainEntryNeedsNoRecords) {
    const std::string tar = tar_of({{file_entry("a/b", 3), "abc"}});
    ASSERT_EQ(tar.size(), 512U + 512 + 1024);
    EXPECT_EQ(tar.substr(0, 4), std::string("a/b\0", 4));
    EXPECT_EQ(tar.substr(100, 8), std::string("0000644\0", 8));
    EXPECT_EQ(tar.substr(124, 12), std::string("00000000003\0", 12));
    EXPECT_EQ(tar.substr(257, 8), std::string("ustar\00000", 8));
    EXPECT_EQ(tar.substr(512, 4), std::string("abc\0", 4));
}

TEST(TarWriter, OthersReadWhatUstarCannotSay) {
    if (!testing::has_program("python3")) GTEST_SKIP() << "needs python3";
    TarEntry odd = file_entry(std::string(300, 'n'), 0);
    odd.uid = 3'000'000;
    odd.gid = 4'000'000'000;
    odd.mtime = {1'700'000'000, 120'000'000};
    odd.xattrs = {{"security.capability", std::string("\1\0\n=", 4)}, {"user.a", "b"}};
    TarEntry link{.path = "l", .type = TarType::symbolic_link, .mode = 0777, .mtime = {-2, 500'000'000}};
    link.link_target = std::string(150, 't');
    const TarEntry device{
        .path = "d", .type = TarType::block_device, .mode = 0600, .device_major = 8, .device_minor = 17};
    TarEntry bytes = file_entry("caf\xc3\xa9", 0);
    TarEntry raw = file_entry("\xff\xfe", 0);
    const TarEntry folder{.path = "f", .type = TarType::folder, .mode = 04755};
    EXPECT_EQ(python_listing(tar_of({{odd, ""}, {link, ""}, {device, ""}, {bytes, ""}, {raw, ""}, {folder, ""}})),
              "'" + std::string(300, 'n') +
                  "' 0 0o644 3000000 4000000000 0 1700000000.12 '' 0 0 [('SCHILY.xattr.security.capability', "
                  "'\\x01\\x00\\n='), ('SCHILY.xattr.user.a', 'b')]\n"
                  "'l' 2 0o777 0 0 0 -1.5 '" +
                  std::string(150, 't') +
                  "' 0 0 []\n"
                  "'d' 4 0o600 0 0 0 0 '' 8 17 []\n"
                  "'caf\\xe9' 0 0o644 0 0 0 1 '' 0 0 []\n"
                  "'\\udcff\\udcfe' 0 0o644 0 0 0 1 '' 0 0 []\n"
                  "'f' 5 0o4755 0 0 0 0 '' 0 0 []\n");
}

TEST(TarWriter, SizesBeyondEightGibibytes) {
    struct Counter final : runtime::Sink {
        void write(runtime::Bytes bytes) override {
            if (head.size() < 4096) head.append(reinterpret_cast<const char*>(bytes.data()), 4096);
        }
        std::string head;
    } counter;
    TarWriter writer(counter);
    const std::uint64_t size = (std::uint64_t{8} << 30) + 1;
    writer.begin(file_entry("big", size));
    writer.write_zeros(size);
    writer.finish();
    EXPECT_THAT(counter.head, ::testing::HasSubstr("19 size=8589934593\n"));
    EXPECT_EQ(writer.bytes(), 512U + 512 + 512 + size + 511 + 1024);
}

TEST(TarWriter, RecordLengthCountsItsOwnDigits) {
    // 99 and 100 bytes around the step from two digits to three.
    for (std::size_t length = 80; length < 100; ++length) {
        TarEntry entry = file_entry("f", 0);
        entry.xattrs = {{"k", std::string(length, 'v')}};
        const std::string tar = tar_of({{entry, ""}});
        const std::size_t said = std::stoul(tar.substr(512, 4));
        EXPECT_EQ(tar[512 + said - 1], '\n') << length;
        EXPECT_EQ(tar[512 + said], '\0') << length;
    }
}

TEST(TarWriter, RefusesWrongAmountsOfContent) {
    runtime::StringSink sink;
    TarWriter writer(sink);
    writer.begin(file_entry("a", 2));
    EXPECT_THROW(writer.write(std::as_bytes(std::span("abcd", 4))), runtime::Error);
    EXPECT_THROW(writer.begin(file_entry("b", 0)), runtime::Error);
    EXPECT_THROW(writer.finish(), runtime::Error);
}

TEST(TarWriter, ContentInPiecesAndInPlace) {
    std::string content(1'000'001, '\0');
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 31);
    runtime::StringSink sink;
    TarWriter writer(sink);
    writer.begin(file_entry("a", content.size()));
    for (std::size_t done = 0; done < content.size();) {
        const auto room = writer.room(1);
        const std::size_t count = std::min({room.size(), content.size() - done, std::size_t{70'001}});
        std::memcpy(room.data(), content.data() + done, count);
        writer.advance(count);
        done += count;
    }
    writer.finish();
    EXPECT_EQ(sink.text(), tar_of({{file_entry("a", content.size()), content}}));
    EXPECT_EQ(sink.text().substr(512, content.size()), content);
}

}  // namespace
}  // namespace layers
