#include "layers/store/file_digests.hpp"

#include <gmock/gmock.h>

namespace layers {
namespace {

TEST(FileDigests, PackedAndBack) {
    RememberedFolder folder;
    folder["name\nwith\xff"] = {1, 2, 3, 4, std::string(32, 'd')};
    folder["other"] = {5, 6, 7, 8, std::string(32, 'e')};
    const std::string bytes = pack_folder(folder);
    const RememberedFolder back = unpack_folder(bytes);
    ASSERT_EQ(back.size(), 2U);
    EXPECT_EQ(back.at("name\nwith\xff").changed_ns, 4);
    EXPECT_EQ(back.at("other").digest, std::string(32, 'e'));
    EXPECT_LT(unpack_folder(std::string_view(bytes).substr(0, bytes.size() - 1)).size(), 2U);
}

TEST(FileDigests, YoungFilesAreNotSettled) {
    struct stat status {};
    status.st_mtim = {1000, 0};
    status.st_ctim = {1000, 50};
    EXPECT_FALSE(is_settled(status, 1'000'000'000'100));
    EXPECT_TRUE(is_settled(status, 1'001'000'000'000));
}

}  // namespace
}  // namespace layers
