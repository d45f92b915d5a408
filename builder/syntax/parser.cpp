#include "builder/syntax/parser.hpp"

#include <algorithm>

#include "builder/syntax/instructions.hpp"
#include "builder/syntax/raw_nodes.hpp"
#include "builder/syntax/unicode.hpp"

namespace builder {
namespace {

/// Sees to it that only ARG stands before the first FROM, and that there is a FROM.
class OrderCheck {
public:
    OrderCheck(const SourceText& source, std::vector<runtime::Error>& errors) : source_(source), errors_(errors) {}

    void see(const RawNode& node) {
        const std::string keyword = to_upper(node.keyword.text);
        last_line_ = node.location.last_line;
        has_from_ = has_from_ || keyword == "FROM";
        const auto keywords = instruction_keywords();
        const bool is_known = std::find(keywords.begin(), keywords.end(), keyword) != keywords.end();
        if (has_from_ || has_reported_ || keyword == "ARG" || !is_known) return;
        has_reported_ = true;
        errors_.push_back(runtime::Error("reading multiple stages: stage 1 requires a FROM instruction (\"\")\n"
                                         "no build stage in current context: {} stands before the first FROM",
                                         keyword)
                              .at(source_.place(node.keyword.location))
                              .with_hint("only ARG, comments and directives may stand before the first FROM"));
    }

    void finish() {
        if (!has_from_ && errors_.empty())
            errors_.push_back(runtime::Error("building: no stages to build\nno build stage: {} has no FROM",
                                             runtime::quoted(source_.name()))
                                  .at(source_.place({last_line_, last_line_, 0, 0}))
                                  .with_hint("add FROM and the name of an image, or FROM scratch"));
    }

private:
    const SourceText& source_;
    std::vector<runtime::Error>& errors_;
    unsigned last_line_ = 0;
    bool has_from_ = false;
    bool has_reported_ = false;
};

bool comes_first(const runtime::Error& one, const runtime::Error& other) {
    const auto line = [](const runtime::Error& error) { return error.place() ? error.place()->line : ~0U; };
    return line(one) < line(other);
}

}  // namespace

SyntaxErrors::SyntaxErrors(std::vector<runtime::Error> errors)
    : Error(errors.front()), others_(std::next(errors.begin()), errors.end()) {}

SyntaxTree parse_containerfile(std::shared_ptr<const SourceText> source, std::vector<Warning>* warnings) {
    std::vector<runtime::Error> errors;
    SyntaxTree tree;
    RawFile file;
    try {
        file = read_raw_nodes(*source, warnings, &errors);
    } catch (const runtime::Error& error) {
        errors.push_back(error);
        throw SyntaxErrors(std::move(errors));
    }
    OrderCheck order(*source, errors);
    for (const RawNode& node : file.nodes) {
        order.see(node);
        try {
            tree.instructions.push_back(parse_instruction(*source, node));
        } catch (const runtime::Error& error) {
            errors.push_back(error);
            // The lines behind a mistyped RUN <<EOF are its script; each of them would be one more error.
            if (node.original.find("<<") != std::string::npos && node.heredocs.empty()) break;
        }
    }
    order.finish();
    std::stable_sort(errors.begin(), errors.end(), comes_first);
    if (!errors.empty()) throw SyntaxErrors(std::move(errors));
    tree.directives = std::move(file.directives);
    tree.escape = file.escape;
    tree.source = std::move(source);
    return tree;
}

Instruction parse_trigger(std::string_view text) {
    const SourceText source("ONBUILD trigger", std::string(text));
    const RawFile file = read_raw_nodes(source);
    if (file.nodes.size() != 1)
        throw runtime::Error("the ONBUILD trigger {} is not one instruction", runtime::quoted(text));
    Instruction instruction = parse_instruction(source, file.nodes.front());
    if (instruction.keyword == "ONBUILD" || instruction.keyword == "FROM" || instruction.keyword == "MAINTAINER")
        throw runtime::Error("{} isn't allowed as an ONBUILD trigger", instruction.keyword)
            .at(source.place(instruction.location));
    return instruction;
}

}  // namespace builder
