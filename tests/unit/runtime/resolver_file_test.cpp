#include "runtime/container/network/resolver_file.hpp"

#include <gmock/gmock.h>

using namespace runtime;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(ResolverFile, IsReadAndWritten) {
    const ResolverFile file = parse_resolver_file(
        "# a comment\nnameserver 10.0.0.1 # the first\ndomain old.test\nsearch a.test b.test\n"
        "nameserver\tfd00::1\noptions ndots:2\noptions rotate\nsortlist 10.0.0.0\n");
    EXPECT_THAT(file.servers, ElementsAre("10.0.0.1", "fd00::1"));
    EXPECT_THAT(file.searches, ElementsAre("a.test", "b.test"));
    EXPECT_THAT(file.options, ElementsAre("ndots:2", "rotate"));
    EXPECT_EQ(text_of(file), "search a.test b.test\nnameserver 10.0.0.1\nnameserver fd00::1\noptions ndots:2 rotate\n");
    EXPECT_TRUE(parse_resolver_file("").empty());
}

TEST(ResolverFile, IsCompletedPieceByPiece) {
    const ResolverFile host{{"10.0.0.1"}, {"host.test"}, {"rotate"}};
    EXPECT_EQ(text_of(completed({{}, {"own.test"}, {}}, host)),
              "search own.test\nnameserver 10.0.0.1\noptions rotate\n");
    EXPECT_EQ(text_of(completed({{"10.0.0.2"}, {"."}, {"ndots:1"}}, host)), "nameserver 10.0.0.2\noptions ndots:1\n");
}

TEST(ResolverFile, NamesTheForwardedServer) {
    const auto servers = [](std::vector<std::string> of_host) {
        const ForwardedNames names = forward_names({std::move(of_host), {"a.test"}, {}});
        EXPECT_THAT(names.file.searches, ElementsAre("a.test"));
        std::vector<std::string> result = names.file.servers;
        result.push_back("forwarded: " + names.address);
        return result;
    };
    EXPECT_THAT(servers({"10.0.0.1"}), ElementsAre("169.254.1.1", "forwarded: 169.254.1.1"));
    EXPECT_THAT(servers({"127.0.0.53"}), ElementsAre("169.254.1.1", "forwarded: 169.254.1.1"));
    EXPECT_THAT(servers({"10.0.0.1", "10.0.0.2", "fd00::1", "10.0.0.1"}),
                ElementsAre("169.254.1.1", "10.0.0.2", "fd00::1", "forwarded: 169.254.1.1"));
    EXPECT_THAT(servers({"fd00::1", "127.0.0.1", "127.0.0.2"}),
                ElementsAre("fd00::1", "169.254.1.1", "forwarded: 169.254.1.1"));
    EXPECT_THAT(servers({"fd00::1"}), ElementsAre("fd00::1", "forwarded: "));
    EXPECT_THAT(servers({"::1"}), testing::SizeIs(2));
    EXPECT_THAT(forward_names({}).file.servers, IsEmpty());
    EXPECT_EQ(forward_names({}).address, "");
}
