// What a template is parsed into.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "builder/template/value.hpp"

namespace builder {

struct TemplatePipe;

/// One argument of a command: a constant, a name with fields behind it, or a pipe in parentheses with fields.
struct TemplateOperand {
    enum class Kind { constant, dot, variable, function, pipe };
    Kind kind = Kind::dot;
    std::string name;  ///< of a variable (with "$") or a function
    TemplateValue constant;
    std::shared_ptr<TemplatePipe> pipe;
    std::vector<std::string> fields;
};

/// Words between bars: a function with arguments, or a lone operand.
using TemplateCommand = std::vector<TemplateOperand>;

struct TemplatePipe {
    std::vector<std::string> variables;  ///< what it declares or sets; two in a range
    bool declares = false;
    std::vector<TemplateCommand> commands;
};

struct TemplateNode {
    enum class Kind { list, text, action, condition, loop, with, call, stop_loop, next_round };
    Kind kind = Kind::list;
    std::string text;  ///< of text; the name that is called
    TemplatePipe pipe;
    bool has_pipe = false;
    std::vector<std::unique_ptr<TemplateNode>> children;
    std::unique_ptr<TemplateNode> otherwise;
    /// Of the root: what `define` and `block` name.
    std::vector<std::pair<std::string, std::unique_ptr<TemplateNode>>> definitions;
};

/// Throws Error.
std::unique_ptr<TemplateNode> parse_template(std::string_view text);

}  // namespace builder
