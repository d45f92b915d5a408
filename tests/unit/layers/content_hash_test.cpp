#include "layers/content_hash.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace layers {
namespace {

class ContentHash : public ::testing::Test {
protected:
    /// A file of that size, all of it a hole but for the text.
    runtime::Fd sparse(off_t size, off_t place, const std::string& text) const {
        runtime::Fd file = runtime::open_path(path_, O_RDWR | O_CREAT | O_TRUNC, 0600);
        EXPECT_EQ(::ftruncate(file.get(), size), 0);
        EXPECT_EQ(::pwrite(file.get(), text.data(), text.size(), place), static_cast<ssize_t>(text.size()));
        return file;
    }

    std::string hash(const runtime::Fd& file) {
        Hasher hasher;
        bytes_ = hash_content(file, "file", hasher);
        return hasher.finish().text();
    }

    static std::uint64_t bytes_read() {
        std::ifstream table("/proc/thread-self/io");
        std::string name;
        std::uint64_t count = 0;
        table >> name >> count;
        EXPECT_EQ(name, "rchar:");
        return count;
    }

    const runtime::TempFolder folder_;
    const std::string path_ = folder_.path("file");
    std::uint64_t bytes_ = 0;
};

TEST_F(ContentHash, HolesCountAsZeros) {
    constexpr off_t size = 3'000'001;
    constexpr off_t place = 1'500'000;
    std::string content(size, '\0');
    content.replace(place, 5, "hello");
    EXPECT_EQ(hash(sparse(size, place, "hello")), Digest::of(content).text());
    EXPECT_EQ(bytes_, content.size());
}

TEST_F(ContentHash, DataAtTheEndsAndNoneAtAll) {
    EXPECT_EQ(hash(sparse(5, 0, "hello")), Digest::of("hello").text());
    EXPECT_EQ(hash(sparse(0, 0, "")), Digest::of("").text());
    const std::string content = std::string(1'000'000, '\0') + "end";
    EXPECT_EQ(hash(sparse(1'000'003, 1'000'000, "end")), Digest::of(content).text());
    EXPECT_EQ(hash(sparse(1'000'003, 0, "")), Digest::of(std::string(1'000'003, '\0')).text());
}

TEST_F(ContentHash, HolesAreNotRead) {
    constexpr off_t size = 200'000'000;
    const runtime::Fd file = sparse(size, size / 2, "x");
    ASSERT_LT(runtime::stat_of(file).st_blocks * 512, size) << "this file system makes no holes";
    const std::uint64_t before = bytes_read();
    hash(file);
    EXPECT_EQ(bytes_, static_cast<std::uint64_t>(size));
    EXPECT_LT(bytes_read() - before, 4'000'000U);
}

}  // namespace
}  // namespace layers
