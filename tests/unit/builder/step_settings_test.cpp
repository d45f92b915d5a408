#include "builder/cli/flags/step_settings.hpp"
#include "builder/steps/step_policy.hpp"

#include <gtest/gtest.h>

#include "builder/commands/command_table.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

TEST(StepSettings, EveryFlagOfBuildHasItsPlace) {
    const Command command = build_command();
    EXPECT_GT(command.flags.size(), 100U);
    for (const Flag& flag : command.flags)
        EXPECT_TRUE(key_part_of(flag.name)) << "--" << flag.name << ": say in step_settings.cpp whether it can change "
                                            << "what a step makes";
}

TEST(StepSettings, NamesAreWholeWords) {
    EXPECT_EQ(key_part_of("userns"), KeyPart::asked);
    EXPECT_EQ(key_part_of("cap-add"), KeyPart::asked);
    EXPECT_EQ(key_part_of("network"), KeyPart::otherwise);
    EXPECT_EQ(key_part_of("jobs"), KeyPart::none);
    for (const char* name : {"add", "user", "cap", "uid-map"}) EXPECT_FALSE(key_part_of(name)) << name;
}

TEST(StepSettings, WhatIsGivenIsNoted) {
    std::string hosts, jobs;
    std::vector<Flag> flags = {flag("add-host", 0, "LINE", "a line", hosts), flag("jobs", 0, "N", "a number", jobs)};
    std::vector<AskedSetting> noted;
    note_asked_settings(flags, noted);
    flags[0].set("a:1");
    flags[1].set("2");
    EXPECT_EQ(hosts, "a:1");
    EXPECT_EQ(jobs, "2");
    ASSERT_EQ(noted.size(), 1U);
    EXPECT_EQ(noted[0].name + "=" + noted[0].value, "add-host=a:1");
}

TEST(StepPolicy, PermitsWhatAllowNames) {
    StepPermissions permissions;
    EXPECT_FALSE(permissions.insecure || permissions.host_network || permissions.devices.covers("a.b/c=d"));
    permit(permissions, "device=a.b/c=d");
    EXPECT_TRUE(permissions.devices.covers("a.b/c=d"));
    EXPECT_FALSE(permissions.devices.covers("a.b/c=e"));
    permit(permissions, "network.host");
    EXPECT_TRUE(permissions.host_network);
    EXPECT_FALSE(permissions.insecure);
    permit(permissions, "security.insecure");
    EXPECT_TRUE(permissions.insecure);
    permit(permissions, "device");
    EXPECT_TRUE(permissions.devices.covers("a.b/c=e"));
    EXPECT_THROW(permit(permissions, "Security.Insecure"), runtime::Error);
    EXPECT_THROW(permit(permissions, ""), runtime::Error);
}

}  // namespace
}  // namespace builder
