#include <gmock/gmock.h>
#include <sys/resource.h>

#include "runtime/base/pack.hpp"
#include "runtime/container/limits.hpp"
#include "runtime/container/users.hpp"
#include "runtime/sys/seccomp.hpp"

namespace runtime {
namespace {

using testing::ElementsAre;

const UserFiles files = {
    "root:x:0:0:root:/root:/bin/sh\nbroken line\njo:x:1000:1000::/home/jo:/bin/sh\n42:x:7:7::/seven:\n",
    "root:x:0:\nwheel:x:10:root,jo\nvideo:x:44:jo\nstaff:x:50:\n"};

TEST(Users, ByNameWithGroups) {
    const ContainerUser user = find_user("jo", files);
    EXPECT_EQ(user.uid, 1000U);
    EXPECT_EQ(user.gid, 1000U);
    EXPECT_EQ(user.home, "/home/jo");
    EXPECT_THAT(user.supplementary_groups, ElementsAre(1000U, 10U, 44U));
}

TEST(Users, GivenGroupReplacesTheOthers) {
    const ContainerUser user = find_user("jo:staff", files);
    EXPECT_EQ(user.gid, 50U);
    EXPECT_THAT(user.supplementary_groups, ElementsAre(50U));
}

TEST(Users, NumbersNeedNoEntry) {
    EXPECT_EQ(find_user("4711", files).uid, 4711U);
    EXPECT_EQ(find_user("4711", files).gid, 0U);
    EXPECT_EQ(find_user("1000", files).home, "/home/jo");
    EXPECT_EQ(find_user("", files).home, "/root");
}

TEST(Users, DigitsAreThatNumber) {
    EXPECT_EQ(find_user("42", files).uid, 42U);
    EXPECT_EQ(find_owner("42", files).uid, 42U);
    const UserFiles evil = {"1000:x:0:0::/root:/bin/sh\nminus:x:4294967295:0::/:\n", "77:x:0:\n"};
    EXPECT_EQ(find_user("1000:77", evil).uid, 1000U);
    EXPECT_EQ(find_user("1000:77", evil).gid, 77U);
    EXPECT_EQ(find_owner("1000:77", evil).gid, 77U);
    for (const char* none : {"4294967295", "5:4294967295", "4294967296", "99999999999999999999", "minus"}) {
        EXPECT_THROW(find_user(none, evil), Error) << none;
        EXPECT_THROW(find_owner(none, evil), Error) << none;
    }
}

TEST(Users, UnknownNamesAreErrors) {
    EXPECT_THROW(find_user("nobody", files), Error);
    EXPECT_THROW(find_user("jo:nogroup", files), Error);
    EXPECT_THROW(find_owner("nobody", files), Error);
}

TEST(Owners, GroupFollowsTheUser) {
    EXPECT_EQ(find_owner("jo", files).gid, 1000U);
    EXPECT_EQ(find_owner("77", files).gid, 77U);
    EXPECT_EQ(find_owner("jo:staff", files).gid, 50U);
    EXPECT_EQ(find_owner("55:66", files).gid, 66U);
}

TEST(Limits, Parsed) {
    std::string clamped;
    const ResourceLimit limit = parse_resource_limit("core=0", clamped);
    EXPECT_EQ(limit.resource, RLIMIT_CORE);
    EXPECT_EQ(limit.hard, 0U);
    EXPECT_TRUE(clamped.empty());
    for (const char* bad : {"nofile", "nofiles=3", "nofile=x", "nofile=5:3", "nofile=1:2:3"})
        EXPECT_THROW(parse_resource_limit(bad, clamped), Error) << bad;
}

TEST(Seccomp, DefaultProfileCompiles) {
    const SeccompFilter filter = compile_seccomp(default_seccomp_profile(), default_capabilities());
    EXPECT_GT(filter.program.size(), 1000U);
    EXPECT_EQ(filter.program.size() % 8, 0U);
}

TEST(Seccomp, BrokenProfilesAreErrors) {
    for (
        const char* text :
        {"", "{}", R"({"defaultAction":"SCMP_ACT_MAYBE"})",
         R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["read"],"action":"SCMP_ACT_ERRNO","args":[{"index":0}]}]})"})
        EXPECT_THROW(compile_seccomp(text, 0), Error) << text;
}

TEST(Capabilities, Names) {
    EXPECT_EQ(capability("CAP_CHOWN"), 1U);
    EXPECT_EQ(capability("chown"), 1U);
    EXPECT_THROW(capability("CAP_NONSENSE"), Error);
    EXPECT_EQ(default_capabilities() & capability("sys_admin"), 0U);
}

TEST(Pack, SpecSurvives) {
    ContainerSpec spec;
    spec.arguments = {"sh", "-c", std::string("a\0b", 3)};
    spec.mounts.resize(2);
    spec.mounts[1].target = "/x";
    spec.root.lower_folders = {"/a", "/b"};
    PackWriter writer;
    writer(spec);
    ContainerSpec back;
    PackReader{writer.bytes()}(back);
    EXPECT_EQ(back.arguments, spec.arguments);
    EXPECT_EQ(back.mounts[1].target, "/x");
    EXPECT_EQ(back.root.lower_folders, spec.root.lower_folders);
    const std::string_view cut = std::string_view(writer.bytes()).substr(0, writer.bytes().size() - 3);
    EXPECT_THROW(PackReader{cut}(back), Error);
}

TEST(RenderError, PlaceAndHint) {
    Error error("unknown instruction {}", quoted("COPPY"));
    error.at({"Containerfile", 3, 3, 1, 5, {"COPPY . /src"}}).with_hint("did you mean COPY?").add_context("outer");
    EXPECT_EQ(render_error(error),
              "Error: outer: unknown instruction 'COPPY'\nContainerfile:3\n  3 | >>> COPPY . /src\n    |     "
              "^~~~~\nhint: did you mean COPY?\n");
}

TEST(RenderError, NothingSteersTheTerminal) {
    EXPECT_EQ(quoted("a\x1b[31m\xff"), "'a\\x1b[31m\\xff'");
    EXPECT_EQ(quoted("grün"), "'grün'");
}

}  // namespace
}  // namespace runtime
