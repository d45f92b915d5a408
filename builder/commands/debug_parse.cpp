#include <iostream>
#include <memory>

#include "builder/commands/debug.hpp"
#include "builder/sources/build_context.hpp"
#include "builder/syntax/raw_nodes.hpp"
#include "builder/syntax/tree_printer.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

int parse(const std::string& file, const std::string& format) {
    if (format != "sexpr" && format != "json")
        throw runtime::Error("--format takes sexpr or json, not {}", runtime::quoted(format));
    const auto source = load_containerfile({file}, local_context("."));
    const RawFile nodes = read_raw_nodes(*source);
    std::cout << (format == "json" ? print_json(nodes) : print_sexpr(nodes));
    return 0;
}

}  // namespace

Command debug_parse_command() {
    auto format = std::make_shared<std::string>("sexpr");
    Command command;
    command.name = "parse";
    command.uses_store = false;
    command.summary = "print the syntax tree of a Containerfile";
    command.usage = "[flags] FILE, where - is standard input";
    command.flags = {flag("format", 0, "FORMAT", "output format: sexpr or json", *format)};
    command.fewest_words = command.most_words = 1;
    command.run = [format](Context&, const Words& words) { return parse(words.front(), *format); };
    return command;
}

}  // namespace builder
