#include <iostream>
#include <memory>
#include <string>

#include "builder/commands/debug.hpp"
#include "builder/syntax/language_queries.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using Answer = std::string (*)(std::string_view);

/// Each answer is there before the next question is read, so that another program can ask one after the other.
int answer_lines(Answer answer) {
    std::string line;
    for (std::size_t number = 1; std::getline(std::cin, line); ++number) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        try {
            std::cout << answer(line) << std::endl;
        } catch (runtime::Error& error) {
            error.add_context("line {} of standard input", number);
            throw;
        }
    }
    return 0;
}

Command query_command(const std::string& name, const std::string& summary, Answer answer) {
    auto json_lines = std::make_shared<bool>(false);
    Command command;
    command.name = name;
    command.uses_store = false;
    command.summary = summary;
    command.usage = "--json-lines";
    command.flags = {
        flag("json-lines", 0, "read one JSON document per line and answer each with one line", *json_lines)};
    command.run = [name, json_lines, answer](Context&, const Words&) {
        if (!*json_lines)
            throw runtime::Error("builder debug {} needs --json-lines", name)
                .with_hint("it answers the JSON documents on standard input, one a line");
        return answer_lines(answer);
    };
    return command;
}

}  // namespace

Command debug_expand_command() {
    return query_command("expand", "expand the variables of texts", answer_expand_query);
}

Command debug_ignore_command() {
    return query_command("ignore", "say whether ignore patterns exclude paths", answer_ignore_query);
}

Command debug_reference_command() {
    return query_command("reference", "take names of images apart", answer_reference_query);
}

}  // namespace builder
