#include "layers/secret_scan.hpp"

#include <gtest/gtest.h>

#include "runtime/base/base64.hpp"

namespace layers {
namespace {

using Secrets = std::map<std::string, std::string>;

const std::string value = "s3cr\"t & long: value/+~";

std::string found(const SecretPatterns& patterns, std::string_view text) {
    const auto form = patterns.find_in(text);
    return form ? form->secret + " " + std::string(form->name) : "";
}

TEST(TextMatcher, FindsPatternsInsidePatterns) {
    const TextMatcher matcher({{"abcd", 0}, {"bc", 1}, {"bcx", 2}});
    TextMatcher::State state = TextMatcher::start;
    std::vector<std::size_t> matches;
    for (const char c : std::string("aabcxabcd")) {
        state = matcher.next(state, static_cast<unsigned char>(c));
        if (const auto match = matcher.match(state)) matches.push_back(*match);
    }
    EXPECT_EQ(matches, (std::vector<std::size_t>{1, 2, 1, 0}));
}

TEST(SecretPatterns, EveryForm) {
    const SecretPatterns patterns(Secrets{{"id", value + "\n"}});
    EXPECT_EQ(found(patterns, "password=" + value + ";"), "id as it is");
    EXPECT_EQ(found(patterns, "s3cr%22t%20%26%20long%3A%20value%2F%2B~"), "id encoded as in a URL");
    EXPECT_EQ(found(patterns, "s3cr%22t%20%26%20long%3a%20value%2f%2b~"), "id encoded as in a URL");
    EXPECT_EQ(found(patterns, "{\"x\":\"s3cr\\\"t & long: value/+~\"}"), "id escaped as in JSON");
    EXPECT_EQ(found(patterns, "7333637222742026206c6f6e673a2076616c75652f2b7e"), "id in hexadecimal digits");
    EXPECT_EQ(found(patterns, "7333637222742026206C6F6E673A2076616C75652F2B7E"), "id in hexadecimal digits");
    EXPECT_EQ(found(patterns, "s3cr\"t & long: value/+"), "");
    EXPECT_EQ(found(patterns, ""), "");
}

TEST(SecretPatterns, Base64WhereverItStands) {
    const SecretPatterns patterns(Secrets{{"id", value}});
    for (std::size_t before = 0; before < 7; ++before)
        for (std::size_t behind = 0; behind < 4; ++behind) {
            const std::string whole = std::string(before, 'x') + value + std::string(behind, 'y');
            const std::string encoded = runtime::encode_base64(whole);
            EXPECT_EQ(found(patterns, encoded), "id in base64") << encoded;
            EXPECT_EQ(found(patterns, encoded.substr(0, 9) + "\r\n" + encoded.substr(9)), "id in base64") << encoded;
        }
}

TEST(SecretPatterns, ShortValuesAreNotLookedFor) {
    EXPECT_TRUE(SecretPatterns(Secrets{{"id", "1234567\n\n"}}).empty());
    EXPECT_FALSE(SecretPatterns(Secrets{{"id", "12345678"}}).empty());
    EXPECT_EQ(found(SecretPatterns(Secrets{{"id", "1234567\n\n"}}), "1234567\n\n"), "");
}

TEST(SecretPatterns, LongValuesAreKnownByTheirMiddle) {
    std::string key;
    for (int i = 0; i < 20'000; ++i) key += static_cast<char>('a' + (i * i + i / 7) % 26);
    const SecretPatterns patterns(Secrets{{"key", key}, {"other", "something else"}});
    EXPECT_EQ(found(patterns, "x" + key), "key as it is");
    EXPECT_EQ(found(patterns, runtime::encode_base64("ab" + key)), "key in base64");
    EXPECT_EQ(found(patterns, "something else"), "other as it is");
}

TEST(SecretScanner, NamesTheEntryAcrossPieces) {
    const SecretPatterns patterns(Secrets{{"id", value}});
    SecretScanner scanner(patterns);
    scanner.begin_entry("first");
    scanner.write("nothing here, s3cr\"");
    scanner.begin_entry("second");
    scanner.write(value.substr(0, 5));
    EXPECT_FALSE(scanner.leak());
    scanner.write(value.substr(5));
    scanner.begin_entry("third");
    scanner.write(value);
    ASSERT_TRUE(scanner.leak());
    EXPECT_EQ(scanner.leak()->entry, "second");
}

TEST(SecretRedactor, KeepsBackOnlyWhatMayBeASecret) {
    const SecretPatterns patterns(Secrets{{"id", "password1"}});
    SecretRedactor redactor(patterns);
    EXPECT_EQ(redactor.redact("the pass"), "the ");
    EXPECT_EQ(redactor.redact("age, the passw"), "passage, the ");
    EXPECT_EQ(redactor.redact("ord1.\n"), "***.\n");
    EXPECT_EQ(redactor.redact("password"), "");
    EXPECT_EQ(redactor.finish(), "password");
    EXPECT_EQ(redactor.redact("1"), "1");
}

}  // namespace
}  // namespace layers
