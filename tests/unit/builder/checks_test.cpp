#include "builder/syntax/checks.hpp"

#include <gtest/gtest.h>

#include "builder/syntax/parser.hpp"

using namespace builder;

namespace {

CheckReport check(const std::string& text, CheckInput input = {}) {
    const auto source = std::make_shared<const SourceText>("Containerfile", text);
    const SyntaxTree tree = parse_containerfile(source, &input.parser_warnings);
    return check_tree(tree, input);
}

std::vector<std::string> rules_of(const CheckReport& report) {
    std::vector<std::string> rules;
    for (const Warning& warning : report.warnings) rules.push_back(warning.rule);
    return rules;
}

using Rules = std::vector<std::string>;

}  // namespace

TEST(Checks, EachRuleIsFound) {
    EXPECT_EQ(rules_of(check("FROM scratch\nWORKDIR app\nWORKDIR other\n")), Rules{"WorkdirRelativePath"});
    EXPECT_EQ(rules_of(check("FROM scratch\nCMD [\"a\"]\nCMD [\"b\"]\n")), Rules{"MultipleInstructionsDisallowed"});
    EXPECT_EQ(rules_of(check("FROM scratch\nENV a b\nLABEL c d\n")),
              (Rules{"LegacyKeyValueFormat", "LegacyKeyValueFormat"}));
    EXPECT_EQ(rules_of(check("FROM --platform=linux/arm64 scratch AS base\n")),
              Rules{"FromPlatformFlagConstDisallowed"});
    EXPECT_EQ(rules_of(check("FROM scratch\nEXPOSE 127.0.0.1:80:80\n")), Rules{"ExposeInvalidFormat"});
    EXPECT_EQ(rules_of(check("FROM scratch\nRUN a \\\n\n b\n")), Rules{"NoEmptyContinuation"});
}

TEST(Checks, VariablesAreKnownFromAllPlaces) {
    EXPECT_EQ(rules_of(check("ARG G=1\nFROM scratch\nARG G\nARG N\nENV E=$G$N\nWORKDIR /$E\n")), Rules{});
    EXPECT_EQ(rules_of(check("FROM scratch AS a\nENV E=1\nFROM a\nUSER $E$F\n")), Rules{"UndefinedVar"});
    EXPECT_EQ(rules_of(check("FROM unknown\nUSER $F\n")), Rules{}) << "the base image may define it";
    CheckInput input;
    input.base_image = [](const std::string&, const layers::Platform&) {
        return BaseImageFacts{layers::host_platform(), {{"PATH", "/bin"}}};
    };
    EXPECT_EQ(rules_of(check("FROM known\nENV PATH=/x:$PATH A=$PTAH\n", input)), Rules{"UndefinedVar"});
}

TEST(Checks, BaseImagesOfAnotherPlatform) {
    CheckInput input;
    input.build_platform = layers::Platform{"linux", "amd64", "", "", {}};
    input.base_image = [](const std::string&, const layers::Platform&) {
        return BaseImageFacts{{"linux", "s390x", "", "", {}}, {}};
    };
    EXPECT_EQ(rules_of(check("FROM x\n", input)), Rules{"InvalidBaseImagePlatform"});
}

TEST(Checks, OptionsSkipAndTurnIntoErrors) {
    EXPECT_EQ(rules_of(check("# check=skip=WorkdirRelativePath\nFROM scratch\nWORKDIR a\n")), Rules{});
    const CheckReport report = check("# check=error=true\nFROM scratch\nWORKDIR a\n");
    ASSERT_TRUE(report.violation);
    EXPECT_EQ(report.violation->place()->line, 3U);
    EXPECT_EQ(rules_of(check("# check=experimental=all\n# other\nARG a=b\nFROM scratch\n")),
              Rules{"InvalidDefinitionDescription"});
    EXPECT_THROW(check("# check=skp=all\nFROM scratch\n"), runtime::Error);
    EXPECT_FALSE(check("# check=error=true\nFROM scratch\n").violation);
}

TEST(Checks, WarningsShowTheirPlace) {
    const auto source = std::make_shared<const SourceText>("Containerfile", "FROM scratch\nMAINTAINER me\n");
    const CheckReport report = check_tree(parse_containerfile(source), {});
    ASSERT_EQ(report.warnings.size(), 1U);
    EXPECT_EQ(render_warning(*source, report.warnings[0]),
              "warning: MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label\n"
              "Containerfile:2\n  2 | >>> MAINTAINER me\n");
}

TEST(Checks, AllRulesAreListed) {
    EXPECT_EQ(check_rules().size(), 22U);
}
