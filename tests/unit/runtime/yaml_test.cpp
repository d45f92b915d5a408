// YAML of settings: what could grow or nest without end is refused.
#include "runtime/base/yaml.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "runtime/base/error.hpp"

namespace runtime {
namespace {

std::string refusal(const std::string& text) {
    try {
        parse_yaml(text, "a test");
        return "";
    } catch (const Error& error) {
        return error.full_message();
    }
}

TEST(Yaml, IsReadAsJson) {
    EXPECT_EQ(parse_yaml("a:\n- 1\n- x: two\n", "a test").dump(), R"({"a":[1,{"x":"two"}]})");
}

/// CVE-2026-41648.
TEST(Yaml, HasNoAliases) {
    EXPECT_EQ(refusal("a: [x, x]\nb: [y, y]\n"), "");
    EXPECT_NE(refusal("a: &a [x, x]\nb: *a\n"), "");
    std::string bomb = "a0: &a0 [x, x]\n";
    for (int i = 1; i < 40; ++i) bomb += fmt::format("a{}: &a{} [*a{}, *a{}]\n", i, i, i - 1, i - 1);
    EXPECT_NE(refusal(bomb), "");
    EXPECT_NE(refusal("a: &a [*a]\n"), "") << "one that holds itself";
}

TEST(Yaml, IsNotNestedWithoutEnd) {
    EXPECT_EQ(refusal(std::string(50, '[') + std::string(50, ']')), "");
    EXPECT_NE(refusal(std::string(100000, '[') + std::string(100000, ']')), "");
    EXPECT_NE(refusal(std::string(100000, '[')), "");
    std::string deep;
    for (int i = 0; i < 2000; ++i) deep += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
    EXPECT_NE(refusal(deep), "");
}

}  // namespace
}  // namespace runtime
