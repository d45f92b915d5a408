#include "builder/syntax/parser.hpp"

#include <gtest/gtest.h>

using namespace builder;

namespace {

SyntaxTree parse(std::string text, std::vector<Warning>* warnings = nullptr) {
    return parse_containerfile(std::make_shared<const SourceText>("Containerfile", std::move(text)), warnings);
}

SyntaxErrors errors_of(const std::string& text) {
    try {
        parse(text);
    } catch (const SyntaxErrors& errors) {
        return errors;
    }
    ADD_FAILURE() << text << " parses";
    return SyntaxErrors({runtime::Error("none")});
}

template <typename Body>
Body only(const std::string& line) {
    const SyntaxTree tree = parse("FROM busybox\n" + line);
    return std::get<Body>(tree.instructions.back().body);
}

}  // namespace

TEST(Parser, PointsAtTheWordOnItsLineOfAContinuedInstruction) {
    const SyntaxErrors errors = errors_of("FROM busybox\nCOPY --chown=1000 \\\n     --form=build \\\n     a b\n");
    ASSERT_TRUE(errors.place());
    EXPECT_EQ(errors.place()->line, 3U);
    EXPECT_EQ(errors.place()->column, 6U);
    EXPECT_EQ(errors.place()->length, 12U);
    EXPECT_TRUE(errors.message().ends_with("unknown flag: --form")) << errors.message();
    EXPECT_EQ(errors.hint(), "did you mean --from?");
}

TEST(Parser, CollectsIndependentErrors) {
    const SyntaxErrors errors = errors_of("FROM busybox\nCOPPY a b\nRUN true\nUSRE x\n");
    EXPECT_EQ(errors.message(), "unknown instruction: COPPY");
    EXPECT_EQ(errors.hint(), "did you mean COPY?");
    ASSERT_EQ(errors.others().size(), 1U);
    EXPECT_EQ(errors.others()[0].hint(), "did you mean USER?");
    EXPECT_EQ(errors.others()[0].place()->line, 4U);
}

TEST(Parser, AMistypedInstructionDoesNotMakeItsHeredocInstructions) {
    EXPECT_TRUE(errors_of("FROM busybox\nRUNN <<EOF\nfirst\nsecond\nEOF\n").others().empty());
}

TEST(Parser, OnlyArgStandsBeforeFrom) {
    EXPECT_EQ(parse("ARG A\nFROM $A\n").instructions.size(), 2U);
    const SyntaxErrors errors = errors_of("ENV A=1\nRUN x\nFROM busybox\n");
    EXPECT_EQ(errors.place()->line, 1U);
    EXPECT_TRUE(errors.others().empty());
}

TEST(Parser, ReadsStageNames) {
    const auto from = only<FromInstruction>("FROM --platform=linux/arm64 alpine:3 as Build-1.x");
    EXPECT_EQ(from.image, "alpine:3");
    EXPECT_EQ(from.platform, "linux/arm64");
    EXPECT_EQ(from.stage_name, "build-1.x");
    EXPECT_EQ(from.written_stage_name, "Build-1.x");
    EXPECT_EQ(from.as_keyword, "as");
    EXPECT_EQ(from.image_location.column, 29U);
}

TEST(Parser, ReadsFlagsOfCopyAndAdd) {
    const auto copy = only<CopyInstruction>("COPY --parents --exclude=*.md --exclude=x --chmod=u+x a b /c/");
    EXPECT_TRUE(copy.parents);
    EXPECT_FALSE(copy.link);
    EXPECT_EQ(copy.excludes, (std::vector<std::string>{"*.md", "x"}));
    EXPECT_EQ(copy.sources, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(copy.destination, "/c/");
    const auto add = only<CopyInstruction>("ADD --unpack=false --keep-git-dir a b");
    EXPECT_TRUE(add.is_add);
    EXPECT_EQ(add.unpack, false);
    EXPECT_EQ(add.keep_git_dir, true);
    EXPECT_THROW(only<CopyInstruction>("ADD --from=x a b"), SyntaxErrors);
}

TEST(Parser, HeredocsOfTheTreeHaveNoTabsWithDash) {
    const auto run = only<RunInstruction>("RUN <<-EOF\n\techo\n\t\tdeeper\n\tEOF\n");
    ASSERT_EQ(run.command.heredocs.size(), 1U);
    EXPECT_EQ(run.command.heredocs[0].content, "echo\ndeeper\n");
    EXPECT_EQ(run.command.heredocs[0].location.line, 3U);
    EXPECT_EQ(run.command.heredocs[0].location.last_line, 4U);
}

TEST(Parser, HealthcheckTimes) {
    const auto check = only<HealthcheckInstruction>("HEALTHCHECK --interval=1m30s --timeout=500ms --retries=4 CMD x y");
    EXPECT_EQ(check.interval, std::chrono::seconds(90));
    EXPECT_EQ(check.timeout, std::chrono::milliseconds(500));
    EXPECT_EQ(check.retries, 4);
    EXPECT_EQ(check.test.words, std::vector<std::string>{"x y"});
    EXPECT_THROW(only<HealthcheckInstruction>("HEALTHCHECK --interval=10us CMD x"), SyntaxErrors);
}

TEST(Parser, TriggersAreKeptAsTextAndChecked) {
    EXPECT_EQ(only<OnbuildInstruction>("ONBUILD   RUN --network=none make").trigger, "RUN --network=none make");
    EXPECT_EQ(only<OnbuildInstruction>("ONBUILD RUN <<E\nx\nE\n").trigger, "RUN <<E\nx\nE");
    EXPECT_EQ(parse_trigger("RUN <<E\nx\nE").keyword, "RUN");
    EXPECT_EQ(errors_of("FROM a\nONBUILD RUN --netwrk=none x\n").place()->column, 13U);
    EXPECT_THROW(parse_trigger("FROM x"), runtime::Error);
    EXPECT_THROW(parse_trigger("RUN a\nRUN b"), runtime::Error);
}

TEST(Parser, DirectivesAndCommentsAreKept) {
    std::vector<Warning> warnings;
    const SyntaxTree tree = parse("# escape=`\n# check=skip=all\n# hello\nFROM a\nRUN x `\n\n  y\n", &warnings);
    EXPECT_EQ(tree.escape, '`');
    ASSERT_EQ(tree.directives.size(), 2U);
    EXPECT_EQ(tree.directives[1].value, "skip=all");
    EXPECT_EQ(tree.instructions[0].comments, std::vector<std::string>{"hello"});
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_EQ(warnings[0].rule, "NoEmptyContinuation");
}

TEST(Parser, LongLinesAreRefusedButNotLongInstructions) {
    std::string text = "FROM a\nRUN x";
    for (int i = 0; i < 20'000; ++i) text += " \\\n  some words";
    EXPECT_EQ(parse(text).instructions.size(), 2U);
    EXPECT_NE(errors_of("FROM a\nRUN " + std::string(70'000, 'x')).message().find("65535"), std::string::npos);
}

TEST(Parser, BytesThatAreNoUtf8AreKept) {
    EXPECT_EQ(only<WorkdirInstruction>("WORKDIR /caf\xe9").path, "/caf\xe9");
    EXPECT_EQ(only<CopyInstruction>("COPY [\"caf\xe9\", \"\\u00e9\\ud83d\\ude00\"]").sources[0], "caf\xe9");
    EXPECT_EQ(only<CopyInstruction>("COPY [\"caf\xe9\", \"\\u00e9\\ud83d\\ude00\"]").destination, "é😀");
}
