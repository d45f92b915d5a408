#include <algorithm>

#include "builder/syntax/suggest.hpp"
#include "builder/template/functions.hpp"
#include "builder/template/nodes.hpp"
#include "builder/template/template.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;
using Kind = TemplateValue::Kind;
using NodeKind = TemplateNode::Kind;

enum class Flow { go_on, stop_loop, next_round };

struct Variable {
    std::string name;
    TemplateValue value;
};

class Evaluator {
public:
    Evaluator(const TemplateNode& root, const TemplateValue& data) : root_(root) { variables_.push_back({"$", data}); }

    std::string run(const TemplateValue& data) {
        perform(root_, data);
        return std::move(out_);
    }

private:
    Flow perform(const TemplateNode& node, const TemplateValue& dot);
    Flow perform_list(const TemplateNode& list, const TemplateValue& dot);
    Flow perform_branch(const TemplateNode& branch, const TemplateValue& dot);
    Flow perform_loop(const TemplateNode& loop, const TemplateValue& dot);
    void perform_call(const TemplateNode& call, const TemplateValue& dot);
    TemplateValue evaluate(const TemplatePipe& pipe, const TemplateValue& dot, bool sets_variables = true);
    TemplateValue run_command(const TemplateCommand& command, const TemplateValue& dot, const TemplateValue* last);
    TemplateValue run_logic(const TemplateCommand& command, const TemplateValue& dot, const TemplateValue* last);
    TemplateValue value_of(const TemplateOperand& operand, const TemplateValue& dot);
    void set_variables(const TemplatePipe& pipe, const std::vector<TemplateValue>& values);
    TemplateValue& find_variable(const std::string& name);

    /// Variables of an inner part are gone behind it.
    struct Scope {
        explicit Scope(Evaluator& evaluator) : owner(evaluator), size(evaluator.variables_.size()) {}
        ~Scope() { owner.variables_.resize(size); }
        Evaluator& owner;
        std::size_t size;
    };

    const TemplateNode& root_;
    std::vector<Variable> variables_;
    std::string out_;
    unsigned depth_ = 0;
};

TemplateValue field_of(const TemplateValue& value, const std::string& name) {
    if (value.kind() == Kind::map) {
        const auto found = value.entries().find(name);
        return found == value.entries().end() ? TemplateValue() : found->second;
    }
    if (value.kind() == Kind::nothing) return {};
    if (value.kind() != Kind::record) throw Error("{} has no fields, so not .{} either", value.print(), name);
    std::vector<std::string_view> names;
    for (const TemplateValue::Field& field : value.fields()) {
        if (field.name == name) return field.value;
        names.push_back(field.name);
    }
    throw Error("template parsing error: can't evaluate field {} in type {}", name, value.type_name())
        .with_hint(did_you_mean(name, names))
        .with_hint(fmt::format("there are .{}", fmt::join(names, " .")));
}

Flow Evaluator::perform(const TemplateNode& node, const TemplateValue& dot) {
    switch (node.kind) {
        case NodeKind::list:
            return perform_list(node, dot);
        case NodeKind::text:
            out_ += node.text;
            return Flow::go_on;
        case NodeKind::action: {
            const TemplateValue value = evaluate(node.pipe, dot);
            if (node.pipe.variables.empty()) out_ += value.print();
            return Flow::go_on;
        }
        case NodeKind::condition:
        case NodeKind::with:
            return perform_branch(node, dot);
        case NodeKind::loop:
            return perform_loop(node, dot);
        case NodeKind::call:
            perform_call(node, dot);
            return Flow::go_on;
        case NodeKind::stop_loop:
            return Flow::stop_loop;
        case NodeKind::next_round:
            return Flow::next_round;
    }
    return Flow::go_on;
}

Flow Evaluator::perform_list(const TemplateNode& list, const TemplateValue& dot) {
    for (const auto& child : list.children)
        if (const Flow flow = perform(*child, dot); flow != Flow::go_on) return flow;
    return Flow::go_on;
}

Flow Evaluator::perform_branch(const TemplateNode& branch, const TemplateValue& dot) {
    const Scope scope(*this);
    const TemplateValue value = evaluate(branch.pipe, dot);
    if (value.is_true()) return perform(*branch.children.front(), branch.kind == NodeKind::with ? value : dot);
    return branch.otherwise ? perform(*branch.otherwise, dot) : Flow::go_on;
}

Flow Evaluator::perform_loop(const TemplateNode& loop, const TemplateValue& dot) {
    const Scope scope(*this);
    const TemplateValue value = evaluate(loop.pipe, dot, false);
    std::vector<std::pair<TemplateValue, TemplateValue>> rounds;
    if (value.kind() == Kind::map) {
        for (const auto& [key, entry] : value.entries()) rounds.emplace_back(key, entry);
    } else if (value.kind() == Kind::list || value.kind() == Kind::nothing) {
        for (std::size_t i = 0; i < value.items().size(); ++i)
            rounds.emplace_back(static_cast<std::int64_t>(i), value.items()[i]);
    } else if (value.kind() == Kind::integer) {
        for (std::int64_t i = 0; i < std::min<std::int64_t>(value.integer(), 1'000'000); ++i) rounds.emplace_back(i, i);
    } else {
        throw Error("range cannot go over {}", value.print());
    }
    if (rounds.empty()) return loop.otherwise ? perform(*loop.otherwise, dot) : Flow::go_on;
    for (const auto& [key, item] : rounds) {
        const Scope round(*this);
        set_variables(loop.pipe, loop.pipe.variables.size() == 2 ? std::vector{key, item} : std::vector{item});
        if (perform(*loop.children.front(), item) == Flow::stop_loop) break;
    }
    return Flow::go_on;
}

void Evaluator::perform_call(const TemplateNode& call, const TemplateValue& dot) {
    constexpr unsigned deepest = 200;
    const auto found = std::find_if(root_.definitions.rbegin(), root_.definitions.rend(),
                                    [&](const auto& one) { return one.first == call.text; });
    if (found == root_.definitions.rend()) throw Error("there is no template {}", runtime::quoted(call.text));
    if (++depth_ > deepest) throw Error("the template {} calls itself without an end", runtime::quoted(call.text));
    const TemplateValue value = call.has_pipe ? evaluate(call.pipe, dot) : TemplateValue();
    std::vector<Variable> outer = std::exchange(variables_, {{"$", value}});
    perform(*found->second, value);
    variables_ = std::move(outer);
    --depth_;
}

TemplateValue& Evaluator::find_variable(const std::string& name) {
    const auto found =
        std::find_if(variables_.rbegin(), variables_.rend(), [&](const Variable& one) { return one.name == name; });
    if (found == variables_.rend()) throw Error("there is no variable {}", name);
    return found->value;
}

void Evaluator::set_variables(const TemplatePipe& pipe, const std::vector<TemplateValue>& values) {
    for (std::size_t i = 0; i < pipe.variables.size() && i < values.size(); ++i) {
        if (pipe.declares)
            variables_.push_back({pipe.variables[i], values[i]});
        else
            find_variable(pipe.variables[i]) = values[i];
    }
}

TemplateValue Evaluator::evaluate(const TemplatePipe& pipe, const TemplateValue& dot, bool sets_variables) {
    TemplateValue value;
    for (std::size_t i = 0; i < pipe.commands.size(); ++i)
        value = run_command(pipe.commands[i], dot, i == 0 ? nullptr : &value);
    if (sets_variables && !pipe.variables.empty()) set_variables(pipe, {value});
    return value;
}

/// `and` and `or` look no further than they must.
TemplateValue Evaluator::run_logic(const TemplateCommand& command, const TemplateValue& dot,
                                   const TemplateValue* last) {
    const bool stops_at = command.front().name == "or";
    TemplateValue value;
    for (std::size_t i = 1; i < command.size(); ++i) {
        value = value_of(command[i], dot);
        if (value.is_true() == stops_at) return value;
    }
    if (last != nullptr) return *last;
    if (command.size() < 2) throw Error("the function {} needs an argument", command.front().name);
    return value;
}

TemplateValue Evaluator::run_command(const TemplateCommand& command, const TemplateValue& dot,
                                     const TemplateValue* last) {
    const TemplateOperand& first = command.front();
    if (first.kind != TemplateOperand::Kind::function) {
        if (command.size() > 1 || last != nullptr) throw Error("only a function can be given arguments");
        return value_of(first, dot);
    }
    if (!is_template_function(first.name)) {
        const std::vector<std::string> names = template_function_names();
        throw Error("template parsing error: function \"{}\" not defined", first.name)
            .with_hint(did_you_mean(first.name, std::vector<std::string_view>(names.begin(), names.end())))
            .with_hint(fmt::format("there are {}", fmt::join(names, ", ")));
    }
    if (first.name == "and" || first.name == "or") return run_logic(command, dot, last);
    std::vector<TemplateValue> arguments;
    for (std::size_t i = 1; i < command.size(); ++i) arguments.push_back(value_of(command[i], dot));
    if (last != nullptr) arguments.push_back(*last);
    return call_template_function(first.name, arguments);
}

TemplateValue Evaluator::value_of(const TemplateOperand& operand, const TemplateValue& dot) {
    TemplateValue value;
    switch (operand.kind) {
        case TemplateOperand::Kind::constant:
            return operand.constant;
        case TemplateOperand::Kind::dot:
            value = dot;
            break;
        case TemplateOperand::Kind::variable:
            value = find_variable(operand.name);
            break;
        case TemplateOperand::Kind::function:
            return run_command({operand}, dot, nullptr);
        case TemplateOperand::Kind::pipe:
            value = evaluate(*operand.pipe, dot);
            break;
    }
    for (const std::string& field : operand.fields) value = field_of(value, field);
    return value;
}

}  // namespace

Template::Template(std::unique_ptr<TemplateNode> root) : root_(std::move(root)) {}
Template::Template(Template&&) noexcept = default;
Template& Template::operator=(Template&&) noexcept = default;
Template::~Template() = default;

Template Template::parse(std::string_view text) {
    return Template(parse_template(text));
}

Template parse_document_format(const std::string& text) {
    if (text.find("{{") == std::string::npos)
        throw runtime::Error("invalid format provided: {}", text).with_hint("a template looks like {{.FIELD}}");
    return Template::parse(text);
}

std::string Template::execute(const TemplateValue& data) const {
    return Evaluator(*root_, data).run(data);
}

}  // namespace builder
