// Every provided table that speaks of the language: lexer and parser. The other tables are in provided_shell_test.cpp
// and provided_names_test.cpp.
#include "tests/support/provided_cases.hpp"
#include "builder/syntax/directives.hpp"
#include "builder/syntax/heredocs.hpp"
#include "builder/syntax/instruction_flags.hpp"
#include "builder/syntax/instructions.hpp"
#include "builder/syntax/json_words.hpp"
#include "builder/syntax/language_queries.hpp"
#include "builder/syntax/parser.hpp"
#include "builder/syntax/raw_nodes.hpp"
#include "builder/syntax/tree_printer.hpp"
#include "builder/syntax/unicode.hpp"

using namespace builder;
using nlohmann::json;
using Provided = tests::ProvidedCases;

namespace {

std::shared_ptr<const SourceText> source_of(std::string text) {
    return std::make_shared<const SourceText>("Containerfile", std::move(text));
}

std::string error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const runtime::Error& error) {
        return error.full_message();
    }
    return "";
}

template <typename Words>
std::vector<std::string> texts(const Words& words) {
    std::vector<std::string> result;
    for (const auto& word : words) result.push_back(word.text);
    return result;
}

Instruction first_instruction(const std::string& text) {
    const SourceText source("Containerfile", text);
    const RawFile file = read_raw_nodes(source);
    return parse_instruction(source, file.nodes.front());
}

}  // namespace

TEST_F(Provided, TreesAreDumpedByteForByte) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder() / "testfiles")) {
        const SourceText source("Containerfile", tests::read_text(entry.path() / "Dockerfile"));
        EXPECT_EQ(print_sexpr(read_raw_nodes(source)), tests::read_text(entry.path() / "result")) << entry.path();
        ++count;
    }
    EXPECT_EQ(count, 15U);
}

TEST_F(Provided, BadFilesAreRefused) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder() / "testfiles-negative")) {
        EXPECT_THROW(parse_containerfile(source_of(tests::read_text(entry.path() / "Dockerfile"))), SyntaxErrors);
        ++count;
    }
    EXPECT_EQ(count, 2U);
}

TEST_F(Provided, LineRanges) {
    const json one = table("line_ranges", 1)["cases"][0];
    const SourceText source("Containerfile", tests::read_text(folder() / std::string(one["file"])));
    const RawFile file = read_raw_nodes(source);
    json children = json::array();
    for (const RawNode& node : file.nodes) children.push_back({node.location.line, node.location.last_line});
    EXPECT_EQ(children, one["children"]);
    EXPECT_EQ(json::array({file.nodes.front().location.line, file.nodes.back().location.last_line}), one["root"]);
}

TEST_F(Provided, LineTooLong) {
    const json one = table("line_too_long", 1)["cases"][0];
    const SourceText source("Containerfile", "FROM image\nLABEL test=" + std::string(65536, 'a') + "\n");
    const std::string message = error_of([&] { read_raw_nodes(source); });
    EXPECT_TRUE(message.starts_with(std::string(one["error_equals"]))) << message;
}

TEST_F(Provided, EmptyContinuationWarnings) {
    const json one = table("empty_continuation_warnings", 1)["cases"][0];
    std::vector<Warning> warnings;
    parse_containerfile(source_of(one["dockerfile"]), &warnings);
    ASSERT_EQ(warnings.size(), one["warnings_contain"].size());
    for (std::size_t i = 0; i < warnings.size(); ++i)
        for (const std::string part : one["warnings_contain"][i])
            EXPECT_NE(warnings[i].message.find(part), std::string::npos) << part;
}

TEST_F(Provided, Directives) {
    const json document = table("directives", 9);
    for (const json& one : document["cases"]) {
        const std::string input = one["input"];
        if (one["fn"] == "all") {
            const SourceText source("Containerfile", input);
            LineReader reader(source);
            reader.next();
            json found = json::array();
            for (const Directive& directive : reader.directives()) found.push_back({directive.name, directive.value});
            EXPECT_EQ(found, one["expect"]) << input;
            continue;
        }
        const auto directive = find_directive(std::string(one["fn"]), input, one["fn"] == "syntax");
        ASSERT_EQ(directive.has_value(), one["ok"].get<bool>()) << input;
        if (!directive) continue;
        EXPECT_EQ(directive->value.substr(0, directive->value.find(' ')), one["ref"]) << input;
        EXPECT_EQ(directive->value, one.value("cmdline", directive->value)) << input;
        EXPECT_EQ(directive->location.line, one.value("line", directive->location.line)) << input;
    }
}

TEST_F(Provided, JsonArrays) {
    const json document = table("json_arrays", 8);
    for (const json& one : document["cases"]) {
        const std::string input = one["input"];
        if (!one["valid"]) {
            EXPECT_NE(error_of([&] { parse_json_words(input); }).find("arrays must be comprised of strings only"),
                      std::string::npos)
                << input;
            continue;
        }
        const auto words = parse_json_words(input);
        ASSERT_TRUE(words) << input;
        EXPECT_EQ(json(texts(*words)), one["expect"]) << input;
    }
}

TEST_F(Provided, NameValues) {
    const json document = table("name_val", 3);
    for (const json& one : document["cases"]) {
        const SourceText source("Containerfile", std::string(one["instruction"]) + " " + std::string(one["args"]));
        if (one["error"]) {
            const std::string message = error_of([&] { read_raw_nodes(source); });
            EXPECT_TRUE(message.starts_with(std::string(one["error_equals"]))) << message;
        } else {
            EXPECT_EQ(json(texts(read_raw_nodes(source).nodes.front().arguments)), one["expect"]) << one;
        }
    }
}

TEST_F(Provided, QuotedWords) {
    const json document = table("parse_words", 4);
    for (const json& one : document["cases"]) {
        const std::string input = one["input"];
        const auto words = split_quoted_words(input, '\\');
        EXPECT_EQ(json(std::vector<std::string>(words.begin(), words.end())), one["expect"]) << input;
    }
}

namespace {

json heredoc_json(const Heredoc& heredoc) {
    return {{"Name", heredoc.name},
            {"Content", heredoc.content},
            {"Expand", heredoc.expand},
            {"Chomp", heredoc.chomp},
            {"FileDescriptor", heredoc.descriptor}};
}

}  // namespace

TEST_F(Provided, HeredocsOfAFile) {
    const json document = table("heredoc_extract", 27);
    const SourceText source("Containerfile", document["dockerfile"]);
    const RawFile file = read_raw_nodes(source);
    ASSERT_EQ(file.nodes.size(), document["cases"].size() + 1);
    for (std::size_t i = 0; i < document["cases"].size(); ++i) {
        json found = nullptr;
        for (const Heredoc& heredoc : file.nodes[i + 1].heredocs) found.push_back(heredoc_json(heredoc));
        EXPECT_EQ(found, document["cases"][i]) << file.nodes[i + 1].original;
    }
}

TEST_F(Provided, HeredocWords) {
    const json document = table("heredoc_word", 10);
    for (const json& one : document["cases"]) {
        const std::string input = one["input"];
        if (one["kind"] == "error") {
            EXPECT_THROW(parse_heredoc_word(input), runtime::Error) << input;
            continue;
        }
        const auto heredoc = parse_heredoc_word(input);
        ASSERT_EQ(heredoc.has_value(), one["kind"] == "heredoc") << input;
        EXPECT_EQ(heredoc ? json(heredoc->name) : json(), one.value("name", json())) << input;
    }
}

TEST_F(Provided, HeredocsOfALine) {
    const json document = table("heredoc_line", 5);
    for (const json& one : document["cases"]) {
        json names = json::array();
        for (const Heredoc& heredoc : heredocs_in_line(std::string(one["line"]))) names.push_back(heredoc.name);
        EXPECT_EQ(names, one["names"]) << one;
    }
}

TEST_F(Provided, ExecFormHasNoHeredocs) {
    const json one = table("heredoc_json_none", 1)["cases"][0];
    const SourceText source("Containerfile", one["dockerfile"]);
    const RawFile file = read_raw_nodes(source);
    ASSERT_EQ(file.nodes.size(), one["heredocs"].size() + 1);
    for (const RawNode& node : file.nodes) EXPECT_TRUE(node.heredocs.empty()) << node.original;
}

TEST_F(Provided, CopyWithHeredocs) {
    const json document = table("heredoc_copy", 4);
    for (const json& one : document["cases"]) {
        const auto copy = std::get<CopyInstruction>(first_instruction(one["dockerfile"]).body);
        EXPECT_EQ(copy.destination, one["dest"]);
        EXPECT_EQ(json(copy.sources), one["sources"]);
        json files = json::array();
        for (const Heredoc& file : copy.inline_files)
            files.push_back({{"Path", file.name}, {"Data", file.content}, {"Expand", file.expand}});
        EXPECT_EQ(files, one["files"]);
    }
}

TEST_F(Provided, RunWithHeredocs) {
    const json document = table("heredoc_run", 6);
    for (const json& one : document["cases"]) {
        const auto run = std::get<RunInstruction>(first_instruction(one["dockerfile"]).body);
        EXPECT_EQ(run.command.is_shell, one["shell"]);
        EXPECT_EQ(json(run.command.words), one["command"]);
        ASSERT_EQ(run.command.heredocs.size(), one["files"].size());
        for (std::size_t i = 0; i < run.command.heredocs.size(); ++i) {
            const json& file = one["files"][i];
            // The tree has what the tabs of <<- are taken from already.
            const bool chomp = file.value("Chomp", false);
            EXPECT_EQ(run.command.heredocs[i].name, file["Name"]);
            EXPECT_EQ(run.command.heredocs[i].chomp, chomp);
            const std::string data = file["Data"];
            EXPECT_EQ(run.command.heredocs[i].content, chomp ? chomp_heredoc(data) : data);
        }
    }
}

TEST_F(Provided, InstructionErrors) {
    const json document = table("instruction_errors", 10);
    for (const json& one : document["cases"]) {
        const std::string message = error_of([&] { first_instruction(one["dockerfile"]); });
        const std::string expected = one.value("error_equals", one.value("error_contains", ""));
        EXPECT_NE(message.find(expected), std::string::npos) << message << " should be " << expected;
    }
}

TEST_F(Provided, InstructionFlags) {
    const json document = table("builder_flags", 7);
    const SourceText source("Containerfile", "");
    for (const json& one : document["cases"]) {
        std::vector<std::string> names;
        std::vector<FlagRule> rules;
        for (const auto& [name, rule] : one["def"].items()) names.push_back(name);
        for (const std::string& name : names)
            rules.push_back({name, one["def"][name][0] == "bool" ? FlagRule::Kind::boolean : FlagRule::Kind::text});
        std::vector<RawWord> words;
        for (const std::string argument : one["args"]) words.push_back({argument, {}});
        if (one["error"]) {
            EXPECT_THROW(parse_instruction_flags(source, rules, words), runtime::Error) << one;
            continue;
        }
        const FlagValues values = parse_instruction_flags(source, rules, words);
        if (!one.contains("values")) continue;
        for (const auto& [name, value] : one["values"].items())
            EXPECT_EQ(value.is_boolean() ? json(*values.boolean(name)) : json(values.text(name)), value) << one;
    }
}

TEST_F(Provided, SyntaxErrorsPointAtTheirLine) {
    // The other cases of the table fail while planning or building.
    const std::vector<std::string> syntactic = {"invalidenv", "invalidflag"};
    const json document = table("error_lines", 7);
    std::size_t count = 0;
    for (const json& one : document["cases"]) {
        if (std::find(syntactic.begin(), syntactic.end(), one["name"]) == syntactic.end()) continue;
        ++count;
        try {
            parse_containerfile(source_of(one["dockerfile"]));
            ADD_FAILURE() << one["name"] << " parses";
        } catch (const SyntaxErrors& error) {
            ASSERT_TRUE(error.place()) << one["name"];
            EXPECT_EQ(error.place()->line, one["lines"][0]) << one["name"];
        }
    }
    EXPECT_EQ(count, syntactic.size());
}
