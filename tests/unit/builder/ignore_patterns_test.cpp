#include "builder/syntax/ignore_patterns.hpp"

#include <gtest/gtest.h>

#include "builder/syntax/glob.hpp"
#include "runtime/base/error.hpp"

using namespace builder;

TEST(IgnorePatterns, TheLastMatchDecides) {
    const IgnoreMatcher matcher({"*.log", "!keep.log", "sub"});
    EXPECT_TRUE(matcher.excludes("a.log"));
    EXPECT_FALSE(matcher.excludes("keep.log"));
    EXPECT_FALSE(matcher.excludes("x/a.log"));
    EXPECT_TRUE(matcher.excludes("sub/keep.log"));
    EXPECT_FALSE(matcher.excludes("."));
}

TEST(IgnorePatterns, AWalkGivesTheSameAnswers) {
    const std::vector<std::string> patterns = {"**/tmp",    "!src/tmp/keep", "a*/**/b?",
                                               "!abc/x/bb", "doc/**",        "!doc/README"};
    const IgnoreMatcher matcher(patterns);
    for (const std::string path :
         {"tmp", "src/tmp/keep", "src/tmp/other", "abc/x/bb/c", "abc/x/bc/c", "doc/README", "doc/a/b"}) {
        IgnoreMatcher::State state;
        bool is_excluded = false;
        for (std::size_t end = 0; end != std::string::npos;) {
            end = path.find('/', end + 1);
            const auto verdict = matcher.check(path.substr(0, end), state);
            state = verdict.state;
            is_excluded = verdict.is_excluded;
        }
        EXPECT_EQ(is_excluded, matcher.excludes(path)) << path;
    }
}

TEST(IgnorePatterns, TellsWhetherAWalkMustEnterAFolder) {
    const IgnoreMatcher matcher({"!early/x", "*", "!src/main/*.c", "!**/keep"});
    const IgnoreMatcher narrow({"!build/x", "*", "!src/main/*.c"});
    const auto enters = [](const IgnoreMatcher& one, std::string_view folder) {
        return one.may_contain_included(folder, one.check(folder, {}).state);
    };
    EXPECT_TRUE(enters(matcher, "anything"));
    EXPECT_TRUE(enters(narrow, "src"));
    EXPECT_TRUE(enters(narrow, "src/main"));
    EXPECT_FALSE(enters(narrow, "src/test"));
    EXPECT_FALSE(enters(narrow, "build")) << "the pattern that excludes it comes later";
}

TEST(IgnorePatterns, BadPatternsAreNamed) {
    try {
        IgnoreMatcher({"ok", "a[", "b"});
        FAIL();
    } catch (const runtime::Error& error) {
        EXPECT_NE(error.full_message().find("'a['"), std::string::npos);
    }
}

/// The translation of a pattern is a regular expression of RE2, so that its escapes mean something.
TEST(IgnorePatterns, KnowTheEscapesOfTheirExpressions) {
    const auto excludes = [](const std::string& pattern, const std::string& path) {
        return IgnoreMatcher({pattern}).excludes(path);
    };
    EXPECT_TRUE(excludes("a\\x42c", "aBc"));
    EXPECT_FALSE(excludes("a\\x42c", "ax42c"));
    EXPECT_TRUE(excludes("a\\102", "aB"));
    EXPECT_TRUE(excludes("\\Aa?", "ab"));
    EXPECT_FALSE(excludes("?\\Aa", "ba"));
    EXPECT_TRUE(excludes("a?\\z", "ab"));
    EXPECT_TRUE(excludes("a*\\bb", "a.b"));
    EXPECT_FALSE(excludes("a*\\bb", "acb"));
    EXPECT_TRUE(excludes("a*\\Bb", "acb"));
    EXPECT_TRUE(excludes("a\\Qb\\Ec?", "abcd"));
    EXPECT_TRUE(excludes("x[[:digit:]]", "x7"));
    EXPECT_FALSE(excludes("x[[:^digit:]]", "x7"));
    EXPECT_TRUE(excludes("a|b", "a|b"));
    EXPECT_FALSE(excludes("a|b", "a"));
    for (const char* bad : {"\\x4", "\\1", "\\C", "a\\E", "[[:nosuch:]]", "b/c[", "*[]"})
        EXPECT_THROW(IgnoreMatcher({bad}), runtime::Error) << bad;
}

TEST(Glob, MatchesOneFolderAtATime) {
    EXPECT_TRUE(path_match("src/*.c", "src/main.c"));
    EXPECT_FALSE(path_match("src/*", "src/a/b"));
    EXPECT_TRUE(path_match("[a-c]?\\*", "bx*"));
    EXPECT_FALSE(path_match("[^a-c]", "b"));
    EXPECT_THROW(path_match("[", "x"), runtime::Error);
}

TEST(Glob, CleansPaths) {
    EXPECT_EQ(clean_path("a//b/./c/../d/"), "a/b/d");
    EXPECT_EQ(clean_path("/../x"), "/x");
    EXPECT_EQ(clean_path("../../x"), "../../x");
    EXPECT_EQ(clean_path(""), ".");
}
