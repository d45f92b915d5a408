// Records of builds as files: their order, how many are kept, and what is left alone.
#include "layers/store/build_files.hpp"

#include <gmock/gmock.h>

#include <filesystem>

#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace layers {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class BuildFilesTest : public testing::Test {
protected:
    BuildFilesTest() : builds_(StoreLocation{folder_.path("root"), folder_.path("run")}) {
        runtime::make_folders(folder_.path("root"), 0700);
    }
    /// Of a build that began then and has ended.
    std::string add(std::int64_t started_us) {
        NewBuildFile file = builds_.create("0123456789abcdef", started_us);
        file.add_events("{}\n");
        file.add_log("log\n");
        return file.file().id;
    }
    std::vector<std::string> ids() const {
        std::vector<std::string> ids;
        for (const BuildFile& file : builds_.list()) ids.push_back(file.id);
        return ids;
    }
    std::size_t files() const {
        std::size_t count = 0;
        for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_.path("root") + "/builds"))
            ++count;
        return count;
    }

    runtime::TempFolder folder_;
    BuildFiles builds_;
};

TEST_F(BuildFilesTest, NothingIsWrittenBeforeTheFirstEvent) {
    const NewBuildFile file = builds_.create("0123456789abcdef", 1);
    EXPECT_FALSE(std::filesystem::exists(folder_.path("root") + "/builds"));
    EXPECT_THAT(ids(), IsEmpty());
}

TEST_F(BuildFilesTest, TheNewestComesFirstAndTheOldestGoes) {
    const std::string second = add(2), first = add(1), third = add(3);
    EXPECT_THAT(ids(), ElementsAre(third, second, first));
    builds_.keep_newest(2);
    EXPECT_THAT(ids(), ElementsAre(third, second));
    EXPECT_EQ(files(), 4U) << "events and logs";
    EXPECT_EQ(builds_.list().front().started_us, 3);
    EXPECT_EQ(builds_.list().front().subject, "0123456789abcdef");
}

TEST_F(BuildFilesTest, OneThatRunsStays) {
    NewBuildFile running = builds_.create("0123456789abcdef", 1);
    running.add_events("{}\n");
    const std::string second = add(2);
    ASSERT_TRUE(builds_.is_running(running.file()));
    EXPECT_FALSE(builds_.is_running(builds_.list().front()));
    builds_.keep_newest(0);
    EXPECT_THAT(ids(), ElementsAre(running.file().id));
}

TEST_F(BuildFilesTest, FilesOfOthersAreLeftAlone) {
    add(1);
    const std::string other = folder_.path("root") + "/builds/notes.events";
    runtime::replace_file(other, "mine");
    EXPECT_EQ(ids().size(), 1U);
    builds_.keep_newest(0);
    EXPECT_TRUE(std::filesystem::exists(other));
    EXPECT_EQ(files(), 1U);
}

TEST_F(BuildFilesTest, ListsOfTreesAreKeptOnceAndTheOldestGo) {
    EXPECT_FALSE(builds_.load_tree("aa"));
    builds_.save_tree("aa", "one");
    ASSERT_TRUE(builds_.has_tree("aa"));
    EXPECT_EQ(builds_.load_tree("aa"), "one");
    builds_.keep_newest(0);
    EXPECT_FALSE(builds_.has_tree("aa"));
}

}  // namespace
}  // namespace layers
