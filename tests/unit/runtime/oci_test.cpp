#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/container/exit_report.hpp"
#include "runtime/container/hooks.hpp"
#include "runtime/container/isolation/oci_bundle.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/seccomp.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace runtime {
namespace {

using nlohmann::json;

ContainerSpec some_spec() {
    ContainerSpec spec;
    spec.arguments = {"/bin/sh", "-c", "true"};
    spec.environment = {"A=b"};
    spec.working_directory = "/work";
    spec.resource_limits = {{RLIMIT_NOFILE, 10, 20}};
    spec.masked_paths = default_masked_paths();
    return spec;
}

std::vector<std::string> namespace_types(const json& config) {
    std::vector<std::string> types;
    for (const json& one : config["linux"]["namespaces"]) types.push_back(one["type"]);
    return types;
}

TEST(OciConfig, HasWhatTheSpecSays) {
    const json config = json::parse(make_oci_config(some_spec(), {}));
    EXPECT_EQ(config["process"]["args"], json({"/bin/sh", "-c", "true"}));
    EXPECT_EQ(config["process"]["cwd"], "/work");
    EXPECT_EQ(config["process"]["rlimits"][0], json({{"type", "RLIMIT_NOFILE"}, {"soft", 10}, {"hard", 20}}));
    EXPECT_EQ(config["hostname"], "builder");
    EXPECT_EQ(namespace_types(config), (std::vector<std::string>{"mount", "pid", "cgroup", "ipc", "uts"}));
    EXPECT_EQ(config["linux"]["maskedPaths"], json(default_masked_paths()));
    EXPECT_EQ(config["linux"]["resources"]["devices"][0], json({{"allow", false}, {"access", "rwm"}}));
}

TEST(OciConfig, LeavesTheSandboxToWhoeverStartsTheRuntime) {
    BundlePlaces places;
    places.starts_in_sandbox = true;
    const json config = json::parse(make_oci_config(some_spec(), places));
    EXPECT_EQ(namespace_types(config), (std::vector<std::string>{"mount", "pid", "cgroup"}));
    EXPECT_FALSE(config.contains("hostname"));
}

TEST(OciConfig, NamesNamespacesAndMounts) {
    ContainerSpec spec = some_spec();
    spec.namespaces.pid.mode = NamespaceChoice::Mode::host;
    spec.namespaces.joined_network = 0;
    MountSpec mount;
    mount.target = "/t";
    mount.read_only = true;
    spec.mounts = {mount};
    const json config =
        json::parse(make_oci_config(spec, {"rootfs", {"/source"}, {"/proc/1/fd/9"}, "", false, false, "/x"}));
    EXPECT_EQ(config["linux"]["namespaces"].back(), json({{"type", "network"}, {"path", "/proc/1/fd/9"}}));
    EXPECT_EQ(config["linux"]["cgroupsPath"], "/x");
    const json last = config["mounts"].back();
    EXPECT_EQ(last["source"], "/source");
    EXPECT_EQ(last["options"], json({"rbind", "nosuid", "nodev", "ro", "rprivate"}));
}

TEST(OciConfig, OnlyRootKeepsCapabilities) {
    ContainerSpec spec = some_spec();
    spec.user = 1000;
    const json capabilities = json::parse(make_oci_config(spec, {}))["process"]["capabilities"];
    EXPECT_TRUE(capabilities["effective"].empty());
    EXPECT_FALSE(capabilities["bounding"].empty());
}

TEST(OciSeccomp, TakesRulesByCapability) {
    constexpr const char* profile = R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
        "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]}],
        "syscalls": [
          {"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": null},
          {"names": ["bpf"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
          {"names": ["socket"], "action": "SCMP_ACT_ALLOW",
           "args": [{"index": 0, "value": 16, "valueTwo": 0, "op": "SCMP_CMP_NE"}]}]})";
    const json filter = json::parse(oci_seccomp(profile, default_capabilities()));
    EXPECT_EQ(filter["defaultErrnoRet"], 38);
    ASSERT_EQ(filter["syscalls"].size(), 2U);
    EXPECT_EQ(filter["syscalls"][1]["args"][0]["op"], "SCMP_CMP_NE");
    EXPECT_EQ(json::parse(oci_seccomp(profile, capability("sys_admin")))["syscalls"].size(), 3U);
    EXPECT_THROW(oci_seccomp("{", 0), Error);
}

class Hooks : public testing::Test {
protected:
    void write(const std::string& name, const std::string& when, const std::string& stages = R"(["prestart"])") {
        replace_file(folder_.path() + "/" + name, R"({"version": "1.0.0", "hook": {"path": "/hook"}, "when": )" + when +
                                                      R"(, "stages": )" + stages + "}");
    }
    std::size_t count(const HookSubject& subject) { return find_hooks({folder_.path()}, subject).size(); }
    TempFolder folder_;
};

TEST_F(Hooks, AllConditionsHaveToHold) {
    write("a.json", R"({"commands": ["^/bin/"], "hasBindMounts": true})");
    EXPECT_EQ(count({"/bin/sh", {}, true}), 1U);
    EXPECT_EQ(count({"/bin/sh", {}, false}), 0U);
    EXPECT_EQ(count({"/usr/bin/sh", {}, true}), 0U);
    write("a.json", R"({"annotations": {"^key$": "val"}})");
    EXPECT_EQ(count({"x", {{"key", "value"}}, false}), 1U);
    EXPECT_EQ(count({"x", {{"keys", "value"}}, false}), 0U);
}

TEST_F(Hooks, WithoutConditionsItIsForNone) {
    write("a.json", "{}");
    EXPECT_EQ(count({"x", {}, false}), 0U);
    write("a.json", R"({"always": true})", R"(["prestart", "poststop"])");
    EXPECT_EQ(count({"x", {}, false}), 2U);
}

TEST_F(Hooks, MistakesAreNamed) {
    write("a.json", R"({"always": true})", R"(["someday"])");
    EXPECT_THROW(count({"x", {}, false}), Error);
    write("a.json", R"({"commands": ["("]})");
    EXPECT_THROW(count({"x", {}, false}), Error);
}

TEST(ExitReports, TheLastOneCounts) {
    const Fd file = make_report_file();
    ExitReport report;
    read_report(file, report);
    EXPECT_EQ(report.exit_code, 0);
    report.cgroup_folders = {"/a/long/path", "/another"};
    report.exit_code = 9;
    write_report(file, report);
    report.cgroup_folders.clear();
    report.exit_code = 3;
    write_report(file, report);
    ExitReport read;
    read_report(file, read);
    EXPECT_EQ(read.exit_code, 3);
    EXPECT_TRUE(read.cgroup_folders.empty());
}

}  // namespace
}  // namespace runtime
