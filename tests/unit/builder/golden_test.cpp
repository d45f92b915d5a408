#include "tests/support/golden.hpp"
#include "builder/syntax/parser.hpp"
#include "builder/syntax/raw_nodes.hpp"
#include "builder/syntax/tree_printer.hpp"

using namespace builder;

namespace {

std::shared_ptr<const SourceText> read_containerfile(const std::filesystem::path& folder) {
    const auto path = std::filesystem::path(TESTDATA) / folder / "Containerfile";
    return std::make_shared<const SourceText>("Containerfile", tests::read_file(path));
}

}  // namespace

TEST(Golden, GoodFilesHaveTheirTree) {
    for (const std::string& name : tests::golden_cases("containerfiles")) {
        const std::filesystem::path folder = std::filesystem::path("containerfiles") / name;
        const auto source = read_containerfile(folder);
        EXPECT_NO_THROW(parse_containerfile(source)) << name;
        const RawFile file = read_raw_nodes(*source);
        tests::expect_golden(folder / "tree", print_sexpr(file));
        tests::expect_golden(folder / "tree.json", print_json(file));
    }
}

TEST(Golden, BadFilesHaveTheirErrors) {
    for (const std::string& name : tests::golden_cases("bad_containerfiles")) {
        const std::filesystem::path folder = std::filesystem::path("bad_containerfiles") / name;
        std::string report;
        try {
            parse_containerfile(read_containerfile(folder));
        } catch (const SyntaxErrors& error) {
            report = runtime::render_error(error);
            for (const runtime::Error& other : error.others()) report += runtime::render_error(other);
        }
        tests::expect_golden(folder / "error", report);
    }
}
