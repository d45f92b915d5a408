// Every provided table on ignore files.
#include "builder/syntax/ignore_expression.hpp"
#include "builder/syntax/ignore_patterns.hpp"
#include "builder/syntax/language_queries.hpp"
#include "runtime/base/error.hpp"
#include "tests/support/provided_cases.hpp"

using namespace builder;
using nlohmann::json;
using Provided = tests::ProvidedCases;

TEST_F(Provided, IgnoreMatches) {
    const json document = table("dockerignore_match", 41);
    for (const json& one : document["cases"]) {
        const IgnoreMatcher matcher(one["patterns"].get<std::vector<std::string>>());
        EXPECT_EQ(matcher.excludes(std::string(one["path"])), one["excluded"]) << one;
    }
}

TEST_F(Provided, IgnoreSyntax) {
    const json document = table("dockerignore_syntax", 29);
    for (const json& one : document["cases"]) {
        const auto match = [&] {
            return IgnoreMatcher(std::vector<std::string>{one["pattern"]}).excludes(std::string(one["path"]));
        };
        if (one["error"])
            EXPECT_THROW(match(), runtime::Error) << one;
        else
            EXPECT_EQ(match(), one["excluded"]) << one;
    }
}

TEST_F(Provided, IgnoreExpressions) {
    const std::map<std::string, IgnoreExpression::Kind> kinds = {{"exact", IgnoreExpression::Kind::exact},
                                                                 {"prefix", IgnoreExpression::Kind::prefix},
                                                                 {"suffix", IgnoreExpression::Kind::suffix},
                                                                 {"regexp", IgnoreExpression::Kind::general}};
    const json document = table("dockerignore_compile", 11);
    for (const json& one : document["cases"]) {
        IgnoreExpression::Kind kind{};
        const std::string expression = IgnoreExpression::to_regular_expression(std::string(one["pattern"]), kind);
        EXPECT_EQ(kind, kinds.at(one["type"])) << one;
        if (one["regexp"].is_string()) {
            EXPECT_EQ("^" + expression + "$", one["regexp"]) << one;
        }
    }
}

TEST_F(Provided, IgnoreFiles) {
    const json document = table("dockerignore_file", 2);
    for (const json& one : document["cases"])
        EXPECT_EQ(json(parse_ignore_file(std::string(one["content"]))), one["expect"]) << one;
}

TEST_F(Provided, GeneratedIgnorePatterns) {
    for (const json& one : generated("dockerignore", 100)) {
        const json query = {{"patterns", one["patterns"]}, {"path", one["path"]}};
        EXPECT_EQ(json::parse(answer_ignore_query(query.dump())), one);
    }
}
