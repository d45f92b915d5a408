// Throws arbitrary bytes at everything that reads text which people wrote. Only runtime::Error may come out.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "builder/syntax/checks.hpp"
#include "builder/syntax/directives.hpp"
#include "builder/syntax/duration.hpp"
#include "builder/syntax/expand.hpp"
#include "builder/syntax/exposed_ports.hpp"
#include "builder/syntax/git_url.hpp"
#include "builder/syntax/ignore_patterns.hpp"
#include "builder/syntax/mode_change.hpp"
#include "builder/syntax/mount_options.hpp"
#include "builder/syntax/parser.hpp"
#include "builder/syntax/raw_nodes.hpp"
#include "builder/syntax/tree_printer.hpp"
#include "layers/oci/platform.hpp"
#include "registry/reference.hpp"

namespace {

template <typename Action>
void attempt(const Action& action) {
    try {
        action();
    } catch (const runtime::Error& error) {
        if (runtime::render_error(error).empty()) __builtin_trap();
    }
}

std::optional<std::string> look_up(std::string_view name) {
    if (name == "A") return "1 2*\n";
    if (name == "B") return "";
    return std::nullopt;
}

void try_file(const std::string& text) {
    const auto source = std::make_shared<const builder::SourceText>("Containerfile", text);
    std::vector<builder::Warning> warnings;
    attempt([&] { builder::print_json(builder::read_raw_nodes(*source)); });
    attempt([&] { builder::print_sexpr(builder::read_raw_nodes(*source)); });
    attempt([&] {
        const builder::SyntaxTree tree = builder::parse_containerfile(source, &warnings);
        for (const auto& instruction : tree.instructions) source->place(instruction.arguments_location);
        builder::check_tree(tree, {});
        for (const auto& instruction : tree.instructions)
            if (const auto* onbuild = std::get_if<builder::OnbuildInstruction>(&instruction.body))
                attempt([&] { builder::parse_trigger(onbuild->trigger); });
    });
    attempt([&] { builder::find_directive("syntax", text, true); });
}

void try_words(const std::string& text) {
    attempt([&] { builder::process_words(text, look_up); });
    attempt([&] { builder::process_word(text, look_up, '`'); });
    attempt([&] { builder::parse_mount(text); });
    attempt([&] { builder::parse_duration(text); });
    attempt([&] { builder::ModeChange::parse(text).apply(0644, true); });
    attempt([&] { builder::parse_exposed_ports(text); });
    attempt([&] { builder::parse_git_url(text); });
    attempt([&] { registry::parse_any_reference(text); });
    attempt([&] { layers::runnable_platforms(layers::parse_platform(text)); });
}

/// The first line is a path, the others are patterns.
void try_patterns(const std::string& text) {
    attempt([&] {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const builder::IgnoreMatcher matcher(builder::parse_ignore_file(std::string_view(text).substr(end)));
        const std::string path = text.substr(0, end);
        matcher.excludes(path);
        matcher.may_contain_included(path, {});
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    try_file(text);
    try_words(text);
    try_patterns(text);
    return 0;
}
