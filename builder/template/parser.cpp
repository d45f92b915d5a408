#include <algorithm>
#include <charconv>

#include "builder/template/lexer.hpp"
#include "builder/template/nodes.hpp"
#include "builder/template/template.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using Kind = TemplateToken::Kind;
using NodeKind = TemplateNode::Kind;
using NodePointer = std::unique_ptr<TemplateNode>;

NodePointer make_node(NodeKind kind) {
    auto node = std::make_unique<TemplateNode>();
    node->kind = kind;
    return node;
}

class TemplateParser {
public:
    explicit TemplateParser(std::string_view text) : text_(text), tokens_(split_template(text)) {}

    NodePointer run() {
        NodePointer root = parse_list();
        if (!ending_.empty()) fail("there is nothing for this " + ending_ + " to end");
        root->definitions = std::move(definitions_);
        return root;
    }

private:
    const TemplateToken& token() const { return tokens_[next_]; }
    [[noreturn]] void fail(const std::string& what) const { throw_bad_template(text_, token().position, what); }
    bool is_symbol(const char* symbol) const { return token().kind == Kind::symbol && token().text == symbol; }
    bool is_word(const char* word) const { return token().kind == Kind::word && token().text == word; }
    void skip_blanks() {
        while (token().kind == Kind::blank) ++next_;
    }
    void expect_close() {
        skip_blanks();
        if (token().kind != Kind::close) fail("the action should end here");
        ++next_;
    }

    NodePointer parse_list();
    void parse_action(TemplateNode& list);
    bool parse_keyword(TemplateNode& list);
    NodePointer parse_branch(NodeKind kind);
    void parse_otherwise(TemplateNode& branch);
    void parse_definition(TemplateNode& list, bool is_block);
    NodePointer parse_call();
    TemplatePipe parse_pipe();
    void parse_variables(TemplatePipe& pipe);
    TemplateCommand parse_command();
    TemplateOperand parse_operand();
    TemplateOperand parse_number();

    std::string_view text_;
    std::vector<TemplateToken> tokens_;
    std::size_t next_ = 0;
    std::string ending_;  ///< the word that ended the last list: end, else; empty at the end of the text
    std::vector<std::pair<std::string, NodePointer>> definitions_;
};

/// Nodes until `end`, `else` or the end of the text.
NodePointer TemplateParser::parse_list() {
    NodePointer list = make_node(NodeKind::list);
    ending_.clear();
    while (token().kind != Kind::end) {
        if (token().kind == Kind::text) {
            NodePointer text = make_node(NodeKind::text);
            text->text = token().text;
            list->children.push_back(std::move(text));
            ++next_;
            continue;
        }
        ++next_;
        skip_blanks();
        if (is_word("end") || is_word("else")) {
            ending_ = token().text;
            ++next_;
            return list;
        }
        parse_action(*list);
    }
    return list;
}

void TemplateParser::parse_action(TemplateNode& list) {
    if (token().kind == Kind::word && parse_keyword(list)) return;
    if (token().kind == Kind::close) fail("an action needs a value");
    NodePointer action = make_node(NodeKind::action);
    action->pipe = parse_pipe();
    expect_close();
    list.children.push_back(std::move(action));
}

bool TemplateParser::parse_keyword(TemplateNode& list) {
    const std::string word = token().text;
    if (word == "if" || word == "range" || word == "with") {
        ++next_;
        list.children.push_back(parse_branch(word == "if"      ? NodeKind::condition
                                             : word == "range" ? NodeKind::loop
                                                               : NodeKind::with));
    } else if (word == "break" || word == "continue") {
        ++next_;
        expect_close();
        list.children.push_back(make_node(word == "break" ? NodeKind::stop_loop : NodeKind::next_round));
    } else if (word == "define" || word == "block") {
        ++next_;
        parse_definition(list, word == "block");
    } else if (word == "template") {
        ++next_;
        list.children.push_back(parse_call());
        expect_close();
    } else {
        return false;
    }
    return true;
}

NodePointer TemplateParser::parse_branch(NodeKind kind) {
    NodePointer branch = make_node(kind);
    branch->pipe = parse_pipe();
    expect_close();
    branch->children.push_back(parse_list());
    parse_otherwise(*branch);
    return branch;
}

/// `end`, or `else` with what belongs to it: "else if" is an `if` within the `else`, which the one `end` ends, too.
void TemplateParser::parse_otherwise(TemplateNode& branch) {
    if (ending_.empty()) fail("an end is missing");
    if (ending_ == "end") {
        expect_close();
        ending_.clear();
        return;
    }
    skip_blanks();
    if (is_word("if") || is_word("with")) {
        const NodeKind kind = is_word("if") ? NodeKind::condition : NodeKind::with;
        ++next_;
        branch.otherwise = make_node(NodeKind::list);
        branch.otherwise->children.push_back(parse_branch(kind));
        return;
    }
    expect_close();
    branch.otherwise = parse_list();
    if (ending_ != "end") fail(ending_.empty() ? "an end is missing" : "there can be only one else");
    expect_close();
    ending_.clear();
}

void TemplateParser::parse_definition(TemplateNode& list, bool is_block) {
    skip_blanks();
    if (token().kind != Kind::string) fail("the name of a template should stand here, in quotes");
    const std::string name = token().text;
    ++next_;
    NodePointer call = make_node(NodeKind::call);
    call->text = name;
    if (is_block) {
        call->pipe = parse_pipe();
        call->has_pipe = true;
    }
    expect_close();
    NodePointer body = parse_list();
    if (ending_ != "end") fail("an end is missing");
    expect_close();
    ending_.clear();
    definitions_.emplace_back(name, std::move(body));
    if (is_block) list.children.push_back(std::move(call));
}

NodePointer TemplateParser::parse_call() {
    skip_blanks();
    if (token().kind != Kind::string) fail("the name of a template should stand here, in quotes");
    NodePointer call = make_node(NodeKind::call);
    call->text = token().text;
    ++next_;
    skip_blanks();
    call->has_pipe = token().kind != Kind::close;
    if (call->has_pipe) call->pipe = parse_pipe();
    return call;
}

/// "$a :=", "$i, $v :=" or "$a =" in front of a pipe; nothing where it begins with a variable that is just used.
void TemplateParser::parse_variables(TemplatePipe& pipe) {
    const std::size_t start = next_;
    while (token().kind == Kind::variable) {
        pipe.variables.push_back(token().text);
        ++next_;
        skip_blanks();
        if (is_symbol(",")) {
            ++next_;
            skip_blanks();
            continue;
        }
        if (is_symbol(":=") || is_symbol("=")) {
            pipe.declares = token().text == ":=";
            ++next_;
            return;
        }
        break;
    }
    pipe.variables.clear();
    next_ = start;
}

TemplatePipe TemplateParser::parse_pipe() {
    TemplatePipe pipe;
    skip_blanks();
    parse_variables(pipe);
    for (;;) {
        pipe.commands.push_back(parse_command());
        if (!is_symbol("|")) return pipe;
        ++next_;
    }
}

TemplateCommand TemplateParser::parse_command() {
    TemplateCommand command;
    for (;;) {
        skip_blanks();
        if (token().kind == Kind::close || token().kind == Kind::end || is_symbol("|") || is_symbol(")")) break;
        command.push_back(parse_operand());
    }
    if (command.empty()) fail("a value is missing");
    return command;
}

TemplateOperand TemplateParser::parse_number() {
    TemplateOperand operand;
    operand.kind = TemplateOperand::Kind::constant;
    const std::string& text = token().text;
    const std::string digits = text.starts_with("+") ? text.substr(1) : text;
    std::int64_t whole = 0;
    const bool is_hex = digits.starts_with("0x");
    const auto [end, error] =
        std::from_chars(digits.data() + (is_hex ? 2 : 0), digits.data() + digits.size(), whole, is_hex ? 16 : 10);
    if (error == std::errc() && end == digits.data() + digits.size()) {
        operand.constant = whole;
        return operand;
    }
    double real = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), real);
    if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) fail(text + " is no number");
    operand.constant = real;
    return operand;
}

TemplateOperand TemplateParser::parse_operand() {
    TemplateOperand operand;
    const TemplateToken& first = token();
    switch (first.kind) {
        case Kind::field:
            if (!first.text.empty()) operand.fields.push_back(first.text);
            break;
        case Kind::variable:
            operand.kind = TemplateOperand::Kind::variable;
            operand.name = first.text;
            break;
        case Kind::string:
            operand.kind = TemplateOperand::Kind::constant;
            operand.constant = first.text;
            return ++next_, operand;
        case Kind::character:
            operand.kind = TemplateOperand::Kind::constant;
            operand.constant = std::int64_t{static_cast<unsigned char>(first.text.empty() ? '\0' : first.text[0])};
            return ++next_, operand;
        case Kind::number:
            operand = parse_number();
            return ++next_, operand;
        case Kind::word:
            operand.kind = TemplateOperand::Kind::function;
            operand.name = first.text;
            if (first.text == "true" || first.text == "false" || first.text == "nil") {
                operand.kind = TemplateOperand::Kind::constant;
                if (first.text != "nil") operand.constant = first.text == "true";
            }
            return ++next_, operand;
        default:
            if (!is_symbol("(")) fail("a value should stand here");
            ++next_;
            operand.kind = TemplateOperand::Kind::pipe;
            operand.pipe = std::make_shared<TemplatePipe>(parse_pipe());
            if (!is_symbol(")")) fail("a parenthesis is not closed");
    }
    ++next_;
    while (token().kind == Kind::field && !token().text.empty()) operand.fields.push_back(tokens_[next_++].text);
    return operand;
}

}  // namespace

NodePointer parse_template(std::string_view text) {
    return TemplateParser(text).run();
}

}  // namespace builder
