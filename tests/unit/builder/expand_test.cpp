#include "builder/syntax/expand.hpp"

#include <gtest/gtest.h>

#include "builder/syntax/shell_pattern.hpp"
#include "runtime/base/error.hpp"

using namespace builder;

namespace {

std::optional<std::string> look_up(std::string_view name) {
    if (name == "FILE") return "archive.tar.gz";
    if (name == "LIST") return "one two";
    if (name == "EMPTY") return "";
    if (name == "PATH") return "/usr/local/bin";
    return std::nullopt;
}

std::string word(std::string_view text, char escape = '\\') {
    return process_word(text, look_up, escape);
}

}  // namespace

TEST(Expand, Operators) {
    EXPECT_EQ(word("${FILE%.*} ${FILE%%.*} ${FILE#*.} ${FILE##*.}"), "archive.tar archive tar.gz gz");
    EXPECT_EQ(word("${PATH##*/}"), "bin");
    EXPECT_EQ(word("${PATH//\\//-}"), "-usr-local-bin");
    EXPECT_EQ(word("${EMPTY-x}${EMPTY:-y}${NONE-${NONE:-z}}"), "yz");
    EXPECT_EQ(word("${FILE:+yes}${NONE+no}"), "yes");
}

TEST(Expand, QuotesAndEscapes) {
    EXPECT_EQ(word("'$FILE' \"$FILE\" \\$FILE"), "$FILE archive.tar.gz $FILE");
    EXPECT_EQ(word("C:\\x `$FILE", '`'), "C:\\x $FILE");
    EXPECT_EQ(word("\"a\\b\""), "a\\b");
}

TEST(Expand, WordsSplitOnlyWhereNothingIsQuoted) {
    EXPECT_EQ(process_words("$LIST \"$LIST\" a\\ b", look_up),
              (std::vector<std::string>{"one", "two", "one two", "a b"}));
}

TEST(Expand, ErrorsNameTheTextAndTheMessage) {
    try {
        word("x${NONE:?must be given}");
        FAIL();
    } catch (const runtime::Error& error) {
        EXPECT_STREQ(error.what(), "cannot expand 'x${NONE:?must be given}': NONE: must be given");
    }
    EXPECT_THROW(word("${FILE"), runtime::Error);
    EXPECT_THROW(word("'open"), runtime::Error);
    std::string deep;
    for (int i = 0; i < 10'000; ++i) deep += "${A:-";
    EXPECT_THROW(word(deep), runtime::Error);
}

TEST(Expand, TellsWhichNamesWereUsed) {
    VariableUse use;
    process_word("${NONE:-$FILE}", look_up, '\\', &use);
    EXPECT_TRUE(use.found.contains("FILE"));
    EXPECT_TRUE(use.unset.contains("NONE"));
}

TEST(ShellPattern, StarsTakeLongTextsInReasonableTime) {
    const std::string text(2'000, 'a');
    EXPECT_EQ(replace_matches(text, "*a*a*a*a*a*b", "x", true, 1000), text);
    EXPECT_EQ(replace_matches("aXbXc", "X", "--", true, 1000), "a--b--c");
    EXPECT_EQ(replace_matches("abc", "", "-", true, 1000), "-a-b-c-");
    // All are replaced as regular expressions in Go do it, one is not.
    EXPECT_EQ(replace_matches("aXbX", "X", "<$0>", true, 1000), "a<X>b<X>");
    EXPECT_EQ(replace_matches("aXbX", "X", "<${0}$$$1$name->", true, 1000), "a<X$->b<X$->");
    EXPECT_EQ(replace_matches("aXbX", "X", "$-${0$", true, 1000), "a$-${0$b$-${0$");
    EXPECT_EQ(replace_matches("aXbX", "X", "$0$$", false, 1000), "a$0$$bX");
}
