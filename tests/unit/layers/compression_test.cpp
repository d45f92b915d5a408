#include "layers/compression.hpp"

#include <gmock/gmock.h>

#include <random>

#include "layers/archive_reader.hpp"
#include "runtime/base/error.hpp"
#include "tests/unit/layers/tar_tools.hpp"

namespace layers {
namespace {

using namespace layers::testing;

/// Text that packs well, with parts that do not.
std::string sample(std::size_t bytes) {
    std::mt19937 random(3);
    std::string text;
    while (text.size() < bytes) {
        text += "the layer has a name and a size ";
        if (random() % 8 == 0)
            for (int i = 0; i < 200; ++i) text += static_cast<char>(random());
    }
    text.resize(bytes);
    return text;
}

std::string packed(Compression compression, std::string_view content, unsigned threads = 1, std::size_t piece = 1 << 16,
                   int level = default_level) {
    runtime::StringSink sink;
    const auto compressor = make_compressor(compression, level, sink, threads);
    for (std::size_t done = 0; done < content.size(); done += piece)
        compressor->write(std::as_bytes(std::span(content.substr(done, piece))));
    compressor->finish();
    return sink.take();
}

/// Delivers a few bytes at a time.
class SlowSource final : public runtime::Source {
public:
    SlowSource(std::string_view text, std::size_t piece) : text_(text), piece_(piece) {}
    std::size_t read(std::span<std::byte> buffer) override {
        const std::size_t count = std::min({piece_, buffer.size(), text_.size()});
        std::memcpy(buffer.data(), text_.data(), count);
        text_.remove_prefix(count);
        return count;
    }

private:
    std::string_view text_;
    std::size_t piece_;
};

std::string unpacked(Compression compression, std::string_view stream, std::size_t piece = 1 << 20) {
    SlowSource source(stream, piece);
    const auto content = make_decompressor(compression, source);
    return runtime::read_all(*content, 1 << 26, "test");
}

class BothCompressions : public ::testing::TestWithParam<Compression> {};

TEST_P(BothCompressions, RoundTripOfManySizes) {
    const std::string all = sample(5'000'000);
    for (const std::size_t size :
         {0UL, 1UL, 511UL, 512UL * 1024 - 1, 512UL * 1024, 512UL * 1024 + 1, 1UL << 20, 5'000'000UL}) {
        const std::string content = all.substr(0, size);
        const std::string stream = packed(GetParam(), content);
        EXPECT_EQ(unpacked(GetParam(), stream), content) << size;
        EXPECT_EQ(detect_compression(std::as_bytes(std::span(stream))), GetParam());
    }
}

TEST_P(BothCompressions, ThreadsAndPiecesDoNotChangeTheBytes) {
    const std::string content = sample(9'000'001);
    const std::string expected = packed(GetParam(), content);
    for (const unsigned threads : {2U, 3U, 8U, 64U})
        for (const std::size_t piece : {std::size_t{997}, std::size_t{1 << 20}, content.size()})
            EXPECT_EQ(packed(GetParam(), content, threads, piece), expected) << threads << " threads, " << piece;
}

TEST_P(BothCompressions, TheToolsReadIt) {
    const std::string name(compression_name(GetParam()));
    if (!has_program(name)) GTEST_SKIP() << "needs " << name;
    const runtime::TempFolder folder;
    const std::string content = sample(2'345'678);
    write_file(folder.path("content"), content);
    for (const int level : {1, 2, 9}) {
        write_file(folder.path("packed"), packed(GetParam(), content, 2, 1 << 16, level));
        EXPECT_NO_THROW(run_shell(name + " -dc < " + folder.path("packed") + " | cmp - " + folder.path("content")));
        EXPECT_NO_THROW(run_shell(name + " -t < " + folder.path("packed")));
    }
    if (GetParam() == Compression::gzip && has_program("python3")) {
        EXPECT_EQ(run_shell("python3 -c 'import "
                            "sys,zlib\nd=zlib.decompressobj(31)\nr=d.decompress(open(sys.argv[1],\"rb\").read())\n"
                            "print(len(r), d.eof, d.unused_data)' " +
                            folder.path("packed")),
                  "2345678 True b''\n");
    }
}

TEST_P(BothCompressions, ReadsInAnyPieces) {
    const std::string content = sample(70'000);
    const std::string stream = packed(GetParam(), content);
    for (const std::size_t piece : {1UL, 2UL, 3UL, 7UL, 64UL, 1000UL})
        EXPECT_EQ(unpacked(GetParam(), stream, piece), content) << piece;
}

TEST_P(BothCompressions, StreamsBehindEachOtherAreOne) {
    const std::string first = packed(GetParam(), "first "), second = packed(GetParam(), sample(100'000));
    const std::string empty = packed(GetParam(), "");
    for (const std::size_t piece : {1UL, 5UL, 17UL, 1UL << 20}) {
        EXPECT_EQ(unpacked(GetParam(), first + empty + second, piece), "first " + sample(100'000)) << piece;
        EXPECT_EQ(unpacked(GetParam(), first + std::string(1000, '\0'), piece), "first ");
        EXPECT_THROW(unpacked(GetParam(), first + "garbage behind it", piece), DamagedStream);
    }
}

TEST_P(BothCompressions, EveryCutIsFound) {
    const std::string stream = packed(GetParam(), "a small content, small content");
    for (std::size_t size = 0; size < stream.size(); ++size)
        EXPECT_THROW(unpacked(GetParam(), stream.substr(0, size)), DamagedStream) << size;
    const std::string large = packed(GetParam(), sample(3'000'000));
    EXPECT_THROW(unpacked(GetParam(), large.substr(0, large.size() / 2)), DamagedStream);
}

TEST_P(BothCompressions, DamageIsFound) {
    const std::string stream = packed(GetParam(), sample(100'000));
    for (const std::size_t position : {std::size_t{0}, stream.size() / 2, stream.size() - 5}) {
        std::string damaged = stream;
        damaged[position] = static_cast<char>(damaged[position] ^ 0x55);
        EXPECT_THROW(unpacked(GetParam(), damaged), DamagedStream) << position;
    }
}

TEST_P(BothCompressions, LevelsThatDoNotExist) {
    runtime::StringSink sink;
    EXPECT_THROW(make_compressor(GetParam(), 99, sink, 1), runtime::Error);
    EXPECT_THROW(make_compressor(GetParam(), -1, sink, 1), runtime::Error);
}

TEST_P(BothCompressions, ErrorsOfTheSinkComeThrough) {
    runtime::FunctionSink broken([](runtime::Bytes) { throw runtime::Error("disk full"); });
    const auto compressor = make_compressor(GetParam(), default_level, broken, 4);
    const std::string content = sample(8'000'000);
    EXPECT_THROW(
        {
            compressor->write(std::as_bytes(std::span(content)));
            compressor->finish();
        },
        runtime::Error);
}

INSTANTIATE_TEST_SUITE_P(Compressions, BothCompressions, ::testing::Values(Compression::gzip, Compression::zstd),
                         [](const auto& info) { return std::string(compression_name(info.param)); });

TEST(Compression, NoneIsPlain) {
    EXPECT_EQ(packed(Compression::none, "abc"), "abc");
    EXPECT_EQ(unpacked(Compression::none, "abc"), "abc");
}

/// What the command-line tools pack.
class ToolsStreams : public ::testing::TestWithParam<const char*> {};

TEST_P(ToolsStreams, WeRead) {
    const std::string tool = GetParam();
    if (!has_program(tool)) GTEST_SKIP() << "needs " << tool;
    const runtime::TempFolder folder;
    const std::string content = sample(1'500'000);
    write_file(folder.path("a"), content);
    write_file(folder.path("b"), "second");
    run_shell("cd " + folder.path() + " && " + tool + " -c a > packed && " + tool + " -c b >> packed");
    const std::string stream = runtime::read_file(folder.path("packed"));
    const Compression compression = detect_compression(std::as_bytes(std::span(stream)));
    EXPECT_EQ(compression_name(compression), tool);
    EXPECT_EQ(unpacked(compression, stream), content + "second");
    EXPECT_EQ(unpacked(compression, stream, 1001), content + "second");
    EXPECT_THROW(unpacked(compression, stream.substr(0, stream.size() - 3)), DamagedStream);
    EXPECT_THROW(unpacked(compression, stream.substr(0, 1000)), DamagedStream);
}

INSTANTIATE_TEST_SUITE_P(Tools, ToolsStreams, ::testing::Values("gzip", "zstd", "bzip2", "xz"));

TEST(ToolsStreams, GzipHeadersWithNamesAndComments) {
    // FHCRC is left out: FEXTRA, FNAME and FCOMMENT with flags 0x1c, then an empty block.
    std::string stream("\x1f\x8b\x08\x1c\0\0\0\0\0\x03\x03\0abcname\0comment\0\x03\0\0\0\0\0\0\0\0\0",
                       12 + 3 + 5 + 8 + 10);
    for (const std::size_t piece : {1UL, 3UL, 100UL})
        EXPECT_EQ(unpacked(Compression::gzip, stream, piece), "") << piece;
}

bool is_archive_file(const std::string& path) {
    runtime::FileSource source(runtime::open_path(path, O_RDONLY), path);
    return is_archive(source);
}

TEST(ArchiveReader, UnpacksEachKindAsAddDoes) {
    const runtime::TempFolder folder;
    make_folder(folder.path("tree/sub"), 0700);
    write_file(folder.path("tree/sub/.wh.name"), "plain");
    write_file(folder.path("tree/file"), "content");
    for (const char* option : {"", "z", "j", "J", "--zstd"}) {
        SCOPED_TRACE(option);
        const std::string archive = folder.path("archive");
        const std::string flags =
            std::string(option).starts_with("-") ? std::string("-c ") + option : std::string("-c") + option;
        run_shell("tar -C " + folder.path("tree") + " " + flags + " -f " + archive + " .");
        EXPECT_TRUE(is_archive_file(archive));
        make_folder(folder.path("root/app/sub"), 0711);
        ASSERT_EQ(::symlink("/app", folder.path("root/link").c_str()), 0);
        runtime::FileSource source(runtime::open_path(archive, O_RDONLY), archive);
        ExtractOptions options{.destination = "/link/"};
        if (is_root()) options.owners.fixed = Owner{12, 34};
        extract_archive(source, open_folder(folder.path("root")), options);
        EXPECT_EQ(runtime::read_file(folder.path("root/app/sub/.wh.name")), "plain");
        EXPECT_EQ(status(folder.path("root/app/sub")).st_mode & 07777, 0711U);
        if (is_root()) {
            EXPECT_EQ(status(folder.path("root/app/file")).st_uid, 12U);
            EXPECT_EQ(status(folder.path("root/app/file")).st_gid, 34U);
            EXPECT_EQ(status(folder.path("root/app/sub")).st_uid, 0U);
        }
        runtime::remove_tree_at(folder.fd(), "root");
    }
}

TEST(ArchiveReader, OtherFilesAreNoArchives) {
    const runtime::TempFolder folder;
    const auto is_one = [&](std::string_view content) {
        write_file(folder.path("f"), content);
        return is_archive_file(folder.path("f"));
    };
    EXPECT_FALSE(is_one(""));
    EXPECT_FALSE(is_one("text"));
    EXPECT_FALSE(is_one(std::string(10'000, 'x')));
    EXPECT_FALSE(is_one(std::string(10'240, '\0')));
    EXPECT_FALSE(is_one("\x1f\x8b and then text"));
    EXPECT_FALSE(is_one(packed(Compression::gzip, "a packed text")));
    EXPECT_FALSE(is_one("BZh91AY and more"));
}

}  // namespace
}  // namespace layers
