// Values of flags: mounts, modes, durations, sizes, ports, git URLs; and hints.
#include <gtest/gtest.h>

#include "builder/cli/use_text.hpp"
#include "builder/syntax/duration.hpp"
#include "builder/syntax/exposed_ports.hpp"
#include "builder/syntax/git_url.hpp"
#include "builder/syntax/mode_change.hpp"
#include "builder/syntax/mount_options.hpp"
#include "builder/syntax/suggest.hpp"
#include "runtime/base/error.hpp"

using namespace builder;

namespace {

template <typename Action>
runtime::Error error_of(const Action& action) {
    try {
        action();
    } catch (const runtime::Error& error) {
        return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return runtime::Error("none");
}

}  // namespace

TEST(MountOptions, Defaults) {
    const MountRequest bind = parse_mount("target=/src");
    EXPECT_EQ(bind.type, MountRequest::Type::bind);
    EXPECT_TRUE(bind.is_read_only);
    const MountRequest cache = parse_mount("type=cache,dst=/c,sharing=locked,id=go,uid=7,mode=0700");
    EXPECT_FALSE(cache.is_read_only);
    EXPECT_EQ(cache.sharing, MountRequest::Sharing::locked);
    EXPECT_EQ(cache.uid, 7U);
    EXPECT_EQ(cache.mode, 0700U);
    const MountRequest secret = parse_mount("type=secret,source=token,required,env=TOKEN");
    EXPECT_EQ(secret.id, "token");
    EXPECT_TRUE(secret.is_required);
    EXPECT_EQ(secret.environment_name, "TOKEN");
}

TEST(MountOptions, EverythingThatBothToolsKnow) {
    const MountRequest bind =
        parse_mount("type=bind,src=a,from=b,target=/x,rw,rslave,bind-nonrecursive,nosuid,Z,U=true");
    EXPECT_FALSE(bind.is_read_only);
    EXPECT_EQ(bind.propagation, "rslave");
    EXPECT_FALSE(bind.is_recursive);
    EXPECT_TRUE(bind.no_suid);
    EXPECT_TRUE(bind.changes_owner);
    EXPECT_EQ(bind.relabel, MountRequest::Relabel::exclusive);
    const MountRequest tmpfs = parse_mount("type=tmpfs,target=/t,size=1.5m,tmpfs-mode=1777,tmpcopyup");
    EXPECT_EQ(tmpfs.size_bytes, 1'572'864U);
    EXPECT_EQ(tmpfs.mode, 01777U);
    EXPECT_TRUE(tmpfs.copies_up);
    EXPECT_EQ(parse_mount("\"target=/a,b\",type=tmpfs").target, "/a,b");
}

TEST(MountOptions, MistakesAreNamed) {
    const auto error = error_of([] { parse_mount("type=cache,taget=/x"); });
    EXPECT_NE(error.full_message().find("taget: invalid mount option"), std::string::npos);
    EXPECT_EQ(error.hint(), "did you mean target?");
    EXPECT_NE(error_of([] { parse_mount("type=banana,target=/x"); }).full_message().find("banana"), std::string::npos);
    EXPECT_NE(error_of([] { parse_mount("type=bind,target=/x,size=1"); }).message().find("not allowed"),
              std::string::npos);
    EXPECT_EQ(parse_mount("type=bind").target, "") << "the working directory";
    EXPECT_THROW(parse_mount("type=secret,id=a,source=b"), runtime::Error);
    EXPECT_THROW(parse_mount("type=cache,target=/x,mode=rwx"), runtime::Error);
    EXPECT_THROW(parse_mount("type=cache,target"), runtime::Error);
}

TEST(ModeChange, OctalAndSymbolic) {
    EXPECT_EQ(ModeChange::parse("0755").apply(0600, false), 0755U);
    EXPECT_EQ(ModeChange::parse("u=rwX,go=rX").apply(0600, false), 0644U);
    EXPECT_EQ(ModeChange::parse("u=rwX,go=rX").apply(0600, true), 0755U);
    EXPECT_EQ(ModeChange::parse("a+x,o-rwx").apply(0644, false), 0750U);
    EXPECT_EQ(ModeChange::parse("+t,u+s").apply(0755, true), 05755U);
    EXPECT_EQ(ModeChange::parse("g=u").apply(0740, false), 0770U);
    for (const char* bad : {"", "888", "rwx", "u", "u=q", "u+x,", "17777"})
        EXPECT_THROW(ModeChange::parse(bad), runtime::Error) << bad;
}

TEST(Duration, LikeGo) {
    using namespace std::chrono_literals;
    EXPECT_EQ(parse_duration("1h2m3.5s"), 1h + 2min + 3500ms);
    EXPECT_EQ(parse_duration("-1.5us"), -1500ns);
    EXPECT_EQ(parse_duration("0"), 0ns);
    EXPECT_EQ(parse_duration(".5s"), 500ms);
    for (const char* bad : {"", "5", "1x", "s", "-", "1h-2m", "9999999999h"})
        EXPECT_THROW(parse_duration(bad), runtime::Error) << bad;
}

TEST(ExposedPorts, Ranges) {
    EXPECT_EQ(parse_exposed_ports("7000-7001/UDP"), (std::vector<std::string>{"7000/udp", "7001/udp"}));
    EXPECT_EQ(parse_exposed_ports("65535"), std::vector<std::string>{"65535/tcp"});
    EXPECT_EQ(error_of([] { parse_exposed_ports("80/tcpp"); }).hint(), "did you mean tcp?");
    for (const char* bad : {"99999", "80-70", "x", "-1", "1-2:3-5"})
        EXPECT_THROW(parse_exposed_ports(bad), runtime::Error) << bad;
}

TEST(GitUrl, FragmentsAndQueries) {
    const auto url = parse_git_url("https://example.com/a/b.git#v1:sub/dir");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->ref, "v1");
    EXPECT_EQ(url->subfolder, "sub/dir");
    EXPECT_EQ(url->short_name, "b");
    EXPECT_FALSE(parse_git_url("./a.git"));
    EXPECT_EQ(error_of([] { parse_git_url("https://example.com/b.git?brnch=x"); }).hint(), "did you mean branch?");
}

TEST(StepUse, ReadsAsBuildahWritesIt) {
    StepUse use;
    use.resources.system_microseconds = 54'400;
    use.resources.user_microseconds = 61'234'000;
    use.elapsed = std::chrono::seconds(90);
    use.resources.blocks_read = 8;
    use.resources.blocks_written = 7'801;
    EXPECT_EQ(describe_use(use), "54ms(system) 1m1.234s(user) 1m30s(elapsed) 4.096kB input 3.994MB output");
    EXPECT_EQ(describe_use({}), "0s(system) 0s(user) 0s(elapsed) 0B input 0B output");
    EXPECT_EQ(go_duration(3'600'000'000), "1h0m0s");
}

TEST(Suggest, OnlyNearNames) {
    const std::vector<std::string_view> names = {"COPY", "USER", "RUN"};
    EXPECT_EQ(nearest_name("COYP", names), "COPY");
    EXPECT_EQ(nearest_name("copy", names), "") << "it is a name";
    EXPECT_EQ(nearest_name("ENTRY", names), "");
    EXPECT_EQ(edit_distance("abcd", "acbd"), 1U);
}
