#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "builder/sources/source_tree.hpp"

namespace builder {
namespace {

SourceNode file(const std::string& name, ino_t inode, nlink_t links) {
    SourceNode node;
    node.name = name;
    node.mode = S_IFREG | 0644;
    node.inode = inode;
    node.links = links;
    node.content = "content of " + name;
    return node;
}

std::string digest(std::vector<SourceNode> files) {
    SourceNode top;
    top.mode = S_IFDIR | 0755;
    top.children = std::move(files);
    return digest_tree(top, {true, true}).text();
}

// Files of the store may have names elsewhere, more at one time than at another.
TEST(TreeDigest, NamesElsewhereCountForNothing) {
    const std::string wanted = digest({file("a", 1, 1), file("b", 2, 2), file("c", 2, 2)});
    EXPECT_EQ(digest({file("a", 1, 2), file("b", 2, 2), file("c", 2, 2)}), wanted);
    EXPECT_EQ(digest({file("a", 1, 1), file("b", 2, 3), file("c", 2, 3)}), wanted);
}

TEST(TreeDigest, NamesOfOneFileCount) {
    const std::string apart = digest({file("a", 1, 1), file("b", 2, 1), file("c", 3, 1)});
    const std::string linked = digest({file("a", 1, 1), file("b", 2, 2), file("c", 2, 2)});
    EXPECT_NE(linked, apart);
    EXPECT_NE(digest({file("a", 1, 2), file("b", 2, 1), file("c", 1, 2)}), linked);
}

}  // namespace
}  // namespace builder
