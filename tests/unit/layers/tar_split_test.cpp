#include "layers/tar_split.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "layers/tar_writer.hpp"
#include "runtime/base/base64.hpp"
#include "runtime/base/error.hpp"
#include "tests/unit/layers/tar_tools.hpp"

namespace layers {
namespace {

using testing::run_shell;

/// The lines for a tar that comes in pieces of this size.
std::string lines_of(const std::string& tar, std::size_t piece_bytes) {
    runtime::StringSink lines;
    TarSplitSink split(lines);
    for (std::size_t at = 0; at < tar.size(); at += piece_bytes)
        split.write(std::string_view(tar).substr(at, piece_bytes));
    split.finish();
    return lines.take();
}

/// The tar that they make with the files below a folder.
std::string put_together(const std::string& lines, const std::string& folder) {
    std::string tar;
    std::istringstream each(lines);
    for (std::string line; std::getline(each, line);) {
        const auto entry = nlohmann::json::parse(line);
        if (entry["type"] == 2) {
            tar += runtime::decode_base64(entry["payload"].get<std::string>()).value();
        } else if (entry.contains("size")) {
            const std::string name = entry.contains("name")
                                         ? entry["name"].get<std::string>()
                                         : runtime::decode_base64(entry["name_raw"].get<std::string>()).value();
            tar += runtime::read_file(folder + "/" + name);
        }
    }
    return tar;
}

/// Makes a folder by a shell script and the tar of it by GNU tar.
std::string tar_by_shell(const runtime::TempFolder& folder, const std::string& script, const std::string& flags) {
    run_shell("mkdir -p " + folder.path("in") + " && cd " + folder.path("in") + " && " + script + " && tar " + flags +
              " -cf ../it.tar .");
    return runtime::read_file(folder.path("it.tar"));
}

TEST(TarSplit, GivesTheTarBack) {
    const std::string script =
        "mkdir -p d/$(printf %0150d 7) && echo one > d/one && : > empty && ln -s d link && ln d/one hard && head -c "
        "70000 "
        "/dev/urandom > big && echo x > \"$(printf 'no\\377utf8')\" && echo y > d/$(printf %0150d 7)/$(printf %0120d "
        "8)";
    for (const char* flags : {"--format=gnu", "--format=pax", "--format=gnu -b 2000"}) {
        const runtime::TempFolder folder;
        const std::string tar = tar_by_shell(folder, script, flags);
        const std::string lines = lines_of(tar, tar.size());
        EXPECT_TRUE(put_together(lines, folder.path("in")) == tar) << flags;
        EXPECT_TRUE(lines_of(tar, 100) == lines) << flags;
    }
}

TEST(TarSplit, KnowsTheSumOfAFile) {
    runtime::StringSink tar;
    TarWriter writer(tar);
    writer.begin({.path = "a", .size = 9});
    writer.write(std::as_bytes(std::span("123456789", 9)));
    writer.finish();
    // The check value of CRC-64/GO-ISO.
    EXPECT_THAT(
        lines_of(tar.text(), 512),
        ::testing::HasSubstr(R"({"type":1,"name":"a","size":9,"payload":")" +
                             runtime::encode_base64("\xb9\x09\x56\xc7\x75\xa4\x10\x01") + R"(","position":1})"));
}

TEST(TarSplit, RefusesWhatFilesCannotGiveBack) {
    const runtime::TempFolder folder;
    const std::string twice = tar_by_shell(folder, "echo 1 > a", "--format=gnu");
    runtime::StringSink nowhere;
    TarSplitSink split(nowhere);
    // Without its end, one tar behind the other.
    const std::string entries = twice.substr(0, 512 * 3);
    split.write(entries);
    EXPECT_THROW(split.write(entries), runtime::Error);
    EXPECT_THROW(lines_of(std::string(1024, 'x'), 512), runtime::Error);
    EXPECT_THROW(lines_of(entries.substr(0, 700), 512), runtime::Error);
    const runtime::TempFolder other;
    EXPECT_THROW(lines_of(tar_by_shell(other, "truncate -s 10M holes", "--format=gnu --sparse"), 512), runtime::Error);
}

}  // namespace
}  // namespace layers
