#include "overlay/layered_view.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "overlay/folder_visit.hpp"
#include "overlay/upper_folder.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace overlay {
namespace {

using testing::ElementsAre;

constexpr auto trusted = MarkNamespace::trusted;

/// Three layers in a temporary folder; "top" is the topmost.
class Layers : public testing::Test {
protected:
    Layers() {
        if (::geteuid() != 0) return;
        for (const char* name : {"top", "middle", "bottom"}) runtime::make_folders(folder_.path(name));
    }
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "whiteouts and trusted xattrs need root";
    }
    void write(const std::string& path, const std::string& text) const {
        runtime::make_folders(folder_.path(path.substr(0, path.rfind('/'))));
        const runtime::Fd file = runtime::open_path(folder_.path(path), O_WRONLY | O_CREAT | O_TRUNC, 0644);
        runtime::write_all(file, text, path);
    }
    void link(const std::string& target, const std::string& path) const {
        ASSERT_EQ(::symlink(target.c_str(), folder_.path(path).c_str()), 0);
    }
    runtime::Fd open(const std::string& path) const {
        return runtime::open_path(folder_.path(path), O_RDONLY | O_DIRECTORY);
    }
    LayeredView view() const {
        return {{folder_.path("top"), folder_.path("middle"), folder_.path("bottom")}, trusted};
    }

    runtime::TempFolder folder_;
};

TEST_F(Layers, TopmostFileWins) {
    write("bottom/etc/name", "old");
    write("top/etc/name", "new");
    EXPECT_EQ(view().read_text("/etc/name", 1000), "new");
}

TEST_F(Layers, FoldersAreMerged) {
    write("bottom/d/a", "");
    write("middle/d/b", "");
    write("top/d/c", "");
    EXPECT_THAT(view().list(*view().find("/d")->folder), ElementsAre("a", "b", "c"));
}

/// "layer name" for a file, "layer name/" for a folder with as many slashes as it has parts.
std::vector<std::string> visited(const LayeredView& view, const std::string& path) {
    std::vector<std::string> found;
    visit_folder(view, *view.find(path)->folder, [&](const MergedEntry& entry) {
        const std::size_t parts = entry.folder ? entry.folder->parts.size() : 0;
        found.push_back(std::to_string(entry.layer) + " " + entry.name + std::string(parts, '/'));
    });
    return found;
}

TEST_F(Layers, VisitGivesEachEntryAsItsLayersHaveIt) {
    write("bottom/d/deleted", "");
    write("bottom/d/kept", "");
    write("bottom/d/merged/below", "");
    write("bottom/d/hidden/below", "");
    write("middle/d/hidden", "a file in the folder's place");
    write("middle/d/kept", "");
    write("top/d/merged/above", "");
    make_whiteout(open("top/d"), "deleted");
    EXPECT_THAT(visited(view(), "/d"), ElementsAre("1 hidden", "1 kept", "0 merged//"));
}

TEST_F(Layers, VisitLooksNotBelowAnOpaqueFolder) {
    write("bottom/d/sub/old", "");
    write("top/d/sub/new", "");
    make_opaque(open("top/d/sub"), trusted);
    EXPECT_THAT(visited(view(), "/d"), ElementsAre("0 sub/"));
    EXPECT_THAT(visited(view(), "/d/sub"), ElementsAre("0 new"));
}

TEST_F(Layers, WhiteoutHidesWhatIsBelow) {
    write("bottom/d/gone", "x");
    runtime::make_folders(folder_.path("middle/d"));
    make_whiteout(open("middle/d"), "gone");
    EXPECT_FALSE(view().find("/d/gone"));
    EXPECT_THAT(view().list(*view().find("/d")->folder), ElementsAre());
    write("top/d/gone", "back");
    EXPECT_EQ(view().read_text("/d/gone", 1000), "back");
}

TEST_F(Layers, OpaqueFolderHidesFoldersBelow) {
    write("bottom/d/old", "");
    write("middle/d/new", "");
    make_opaque(open("middle/d"), trusted);
    EXPECT_THAT(view().list(*view().find("/d")->folder), ElementsAre("new"));
}

TEST_F(Layers, FileHidesAFolderBelow) {
    write("bottom/d/inside", "");
    write("middle/d", "a file now");
    EXPECT_TRUE(view().find("/d")->is_file());
    EXPECT_THROW(view().find("/d/inside"), runtime::Error);
}

TEST_F(Layers, LinksStayInside) {
    write("bottom/etc/passwd", "inside");
    link("/etc/passwd", "top/absolute");
    link("../../../../etc/passwd", "top/climbing");
    EXPECT_EQ(view().read_text("/absolute", 1000), "inside");
    EXPECT_EQ(view().read_text("/climbing", 1000), "inside");
    EXPECT_EQ(view().resolve("/absolute").path, "etc/passwd");
    EXPECT_TRUE(view().find("/absolute", false)->is_link());
}

TEST_F(Layers, MissingEndsAreKept) {
    runtime::make_folders(folder_.path("bottom/run"));
    link("/run", "top/varrun");
    const ResolvedPath place = view().resolve("/varrun/not/there");
    EXPECT_EQ(place.path, "run/not/there");
    EXPECT_FALSE(place.entry);
}

TEST_F(Layers, LoopsEnd) {
    link("b", "top/a");
    link("a", "top/b");
    EXPECT_THROW(view().find("/a"), runtime::Error);
}

TEST_F(Layers, UpperFolderCopiesLooksOfLowerFolders) {
    write("bottom/srv/data/file", "");
    ASSERT_EQ(::chmod(folder_.path("bottom/srv").c_str(), 01750), 0);
    ASSERT_EQ(::chown(folder_.path("bottom/srv").c_str(), 12, 34), 0);
    runtime::make_folders(folder_.path("upper"));
    UpperFolder upper(folder_.path("upper"), view());
    upper.open_folder("srv/data/new", {0700, 7, 8});
    struct stat status {};
    ASSERT_EQ(::stat(folder_.path("upper/srv").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 01750U);
    EXPECT_EQ(status.st_uid, 12U);
    ASSERT_EQ(::stat(folder_.path("upper/srv/data/new").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0700U);
    EXPECT_EQ(status.st_gid, 8U);
    EXPECT_TRUE(upper.changed());
}

TEST_F(Layers, FolderMadeAgainAfterRemovalIsOpaque) {
    write("bottom/d/old", "");
    runtime::make_folders(folder_.path("upper"));
    UpperFolder upper(folder_.path("upper"), view());
    upper.remove("", "d");
    EXPECT_FALSE(upper.view().find("/d"));
    upper.open_folder("d", {});
    EXPECT_THAT(upper.view().list(*upper.view().find("/d")->folder), ElementsAre());
    EXPECT_TRUE(is_opaque(open("upper/d"), trusted));
}

TEST(PathNames, EmptyOnesAreLeftOut) {
    EXPECT_THAT(path_names("/a//b/."), ElementsAre("a", "b", "."));
    EXPECT_THAT(path_names("///"), ElementsAre());
}

}  // namespace
}  // namespace overlay
