#include "runtime/sys/folder_entries.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "runtime/sys/file.hpp"

namespace runtime {
namespace {

TEST(ListFolder, TwoThreadsWithOneDescriptorSeeAllOfIt) {
    const std::string path = ::testing::TempDir() + "/list-folder-" + std::to_string(::getpid());
    make_folders(path, 0700);
    constexpr std::size_t count = 2000;  // more than one call of getdents64() gives
    for (std::size_t i = 0; i < count; ++i)
        open_path(path + "/file-with-a-long-name-" + std::to_string(i), O_WRONLY | O_CREAT, 0600);
    const Fd folder = open_path(path, O_RDONLY | O_DIRECTORY);
    std::atomic<unsigned> partial{0};
    const auto list = [&] {
        for (int i = 0; i < 200; ++i)
            if (list_folder(folder).size() != count) ++partial;
    };
    std::thread other(list);
    list();
    other.join();
    EXPECT_EQ(partial.load(), 0U);
    for (std::size_t i = 0; i < count; ++i) ::unlink((path + "/file-with-a-long-name-" + std::to_string(i)).c_str());
    ::rmdir(path.c_str());
}

}  // namespace
}  // namespace runtime
