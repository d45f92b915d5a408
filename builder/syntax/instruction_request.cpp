#include "builder/syntax/instruction_request.hpp"

#include <span>

#include "builder/syntax/heredocs.hpp"

namespace builder {

std::vector<std::string> texts_of(std::span<const RawWord> words) {
    std::vector<std::string> texts;
    for (const RawWord& word : words) texts.push_back(word.text);
    return texts;
}

std::vector<Heredoc> finished(std::vector<Heredoc> heredocs) {
    for (Heredoc& heredoc : heredocs)
        if (heredoc.chomp) heredoc.content = chomp_heredoc(heredoc.content);
    return heredocs;
}

CommandLine command_of(const InstructionRequest& request, std::size_t first_argument) {
    CommandLine command;
    command.is_shell = !request.node.is_json;
    command.words = texts_of(std::span(request.arguments()).subspan(first_argument));
    command.heredocs = finished(request.node.heredocs);
    return command;
}

}  // namespace builder
