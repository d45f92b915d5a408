#include <gmock/gmock.h>

#include "builder/cli/command.hpp"
#include "builder/engine/record/step_key.hpp"
#include "builder/plan/build_plan.hpp"
#include "builder/steps/config_step.hpp"
#include "builder/syntax/parser.hpp"
#include "builder/syntax/source_text.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

BuildPlan plan(const std::string& text, PlanRequest request = {}) {
    request.target_platform = request.build_platform = "linux/amd64";
    return make_plan(parse_containerfile(std::make_shared<SourceText>("Containerfile", text)), request);
}

TEST(Plan, StagesNeedEachOther) {
    const BuildPlan result = plan(
        "FROM a AS one\nFROM b AS two\nCOPY --from=one /x /x\nFROM two\nRUN --mount=type=bind,from=0,target=/m true\n");
    ASSERT_EQ(result.stages.size(), 3U);
    EXPECT_THAT(result.stages[1].needs, ElementsAre(0U));
    EXPECT_THAT(result.stages[2].needs, ElementsAre(0U, 1U));
    EXPECT_EQ(result.stages[2].base, StagePlan::Base::stage);
}

TEST(Plan, UnusedStagesAreNotNeeded) {
    const BuildPlan result = plan("FROM a AS unused\nFROM b AS used\nFROM used\n");
    EXPECT_FALSE(result.stages[0].is_needed);
    EXPECT_TRUE(result.stages[1].is_needed);
}

TEST(Plan, TargetByNameAndNumber) {
    PlanRequest request;
    request.target = "ONE";
    EXPECT_EQ(plan("FROM a AS one\nFROM b\n", request).target, 0U);
    request.target = "1";
    EXPECT_EQ(plan("FROM a AS one\nFROM b\n", request).target, 1U);
    request.target = "onr";
    try {
        plan("FROM a AS one\nFROM b\n", request);
        FAIL();
    } catch (const runtime::Error& error) {
        EXPECT_THAT(error.hint(), HasSubstr("one"));
    }
}

TEST(Plan, GlobalArguments) {
    PlanRequest request;
    request.build_arguments["TAG"] = "given";
    const BuildPlan result = plan("ARG TAG=default\nARG IMAGE=base:${TAG}\nFROM ${IMAGE}-${TARGETARCH}\n", request);
    EXPECT_EQ(result.stages[0].base_image, "base:given-amd64");
}

TEST(Plan, LaterStageIsAnErrorWithItsPlace) {
    try {
        plan("FROM a AS one\nCOPY --from=two /x /x\nFROM b AS two\n");
        FAIL();
    } catch (const runtime::Error& error) {
        ASSERT_TRUE(error.place());
        EXPECT_EQ(error.place()->line, 2U);
    }
}

TEST(Plan, ArgumentsInFromOfCopy) {
    const BuildPlan result = plan("FROM a AS one\nFROM b\nARG WHICH=one\nCOPY --from=$WHICH /x /x\n");
    EXPECT_THAT(result.stages[1].needs, ElementsAre(0U));
}

TEST(StepKey, PartsDoNotRunIntoEachOther) {
    const layers::Digest parent = layers::Digest::of("parent");
    const StepKey first = KeyBuilder(parent, "RUN").add("a", "bc").finish();
    const StepKey second = KeyBuilder(parent, "RUN").add("ab", "c").finish();
    EXPECT_NE(first.key, second.key);
    EXPECT_EQ(first.key, KeyBuilder(parent, "RUN").add("a", "bc").finish().key);
}

TEST(StepKey, StepIsWithoutInputs) {
    const layers::Digest parent = layers::Digest::of("parent");
    const StepKey first = KeyBuilder(parent, "COPY").add("d", "/").seal_step().add("file a", "1").finish();
    const StepKey second = KeyBuilder(parent, "COPY").add("d", "/").seal_step().add("file a", "2").finish();
    EXPECT_EQ(first.step, second.step);
    EXPECT_NE(first.key, second.key);
    const InputDifference difference = first_difference(first.inputs, second.inputs);
    EXPECT_EQ(difference.kind, InputDifference::Kind::changed);
    EXPECT_EQ(difference.name, "file a");
    EXPECT_NE(difference.before, difference.now);
    EXPECT_EQ(first_difference(first.inputs, first.inputs).kind, InputDifference::Kind::none);
}

TEST(Config, EntrypointForgetsAnInheritedCmd) {
    StageState state;
    state.config.config.cmd = {"inherited"};
    apply_entrypoint(state, {CommandLine{false, {"/e"}, {}}});
    EXPECT_THAT(state.config.config.cmd, ElementsAre());
    apply_cmd(state, {CommandLine{true, {"echo"}, {}}});
    apply_entrypoint(state, {CommandLine{false, {"/f"}, {}}});
    EXPECT_THAT(state.config.config.cmd, ElementsAre("/bin/sh", "-c", "echo"));
}

TEST(Config, EnvSeesTheVariablesBeforeIt) {
    StageState state;
    state.variables.set("abc", "hello");
    EnvInstruction env;
    env.values = {{"abc", "bye", false, {}}, {"def", "$abc", false, {}}};
    apply_env(state, env, '\\');
    EXPECT_THAT(state.config.config.env, ElementsAre("abc=bye", "def=hello"));
}

TEST(Config, Paths) {
    EXPECT_EQ(absolute_path("/a", "b/../c/./d"), "/a/c/d");
    EXPECT_EQ(absolute_path("/a", "/x//y/"), "/x/y");
    EXPECT_EQ(absolute_path("/", "../../.."), "/");
}

TEST(Variables, ProxiesInOneCase) {
    EXPECT_TRUE(is_proxy_argument("http_proxy"));
    EXPECT_TRUE(is_proxy_argument("HTTP_PROXY"));
    EXPECT_FALSE(is_proxy_argument("Http_Proxy"));
    EXPECT_FALSE(is_proxy_argument("PROXY"));
}

/// A command line of its own, with one flag of each kind.
class CommandLineTest : public testing::Test {
protected:
    Words parse(const Words& line) {
        command_.name = "test";
        command_.usage = "[flags] WORD";
        command_.flags = {flag("layers", 0, "a switch", layers_), flag("tag", 't', "NAME", "a list", tags_),
                          flag("build-arg", 0, "NAME=VALUE", "a map", arguments_),
                          flag("pull", 0, "POLICY", "with or without", pull_)};
        command_.flags[3].optional_value = "always";
        command_.most_words = 2;
        return parse_command_line(command_, line);
    }
    Command command_;
    bool layers_ = true;
    std::vector<std::string> tags_;
    std::map<std::string, std::string> arguments_;
    std::string pull_;
};

TEST_F(CommandLineTest, FlagsAndWords) {
    EXPECT_THAT(parse({"--layers=false", "-t", "a", "--tag=b", "--build-arg", "A=1=2", "--pull", "word"}),
                ElementsAre("word"));
    EXPECT_FALSE(layers_);
    EXPECT_THAT(tags_, ElementsAre("a", "b"));
    EXPECT_EQ(arguments_["A"], "1=2");
    EXPECT_EQ(pull_, "always");
}

TEST_F(CommandLineTest, BehindDashesNothingIsAFlag) {
    EXPECT_THAT(parse({"--", "--layers", "-x"}), ElementsAre("--layers", "-x"));
}

TEST_F(CommandLineTest, UnknownFlagsHaveANearName) {
    try {
        parse({"--layer"});
        FAIL();
    } catch (const runtime::Error& error) {
        EXPECT_THAT(error.hint(), HasSubstr("--layers"));
    }
    EXPECT_THROW(parse({"a", "b", "c"}), runtime::Error);
    EXPECT_THROW(parse({"--layers=perhaps"}), runtime::Error);
}

}  // namespace
}  // namespace builder
