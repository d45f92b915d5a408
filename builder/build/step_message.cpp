#include "builder/build/step_message.hpp"

#include "builder/syntax/json_words.hpp"

namespace builder {
namespace {

using runtime::Error;

/// "RUN make all": the keyword in upper case, and the words with one blank between them.
std::string step_for_message(const Instruction& step) {
    std::string text = step.keyword;
    const std::size_t words = step.original.find_first_of(" \t");
    if (words == std::string::npos) return text + " ";
    const std::size_t begin = step.original.find_first_not_of(" \t", words);
    const std::string rest = begin == std::string::npos ? "" : step.original.substr(begin);
    try {
        if (const auto behind = rest.starts_with('[') ? parse_json_words(rest) : std::nullopt) {
            for (const JsonWord& word : *behind) text += " " + word.text;
            return text;
        }
    } catch (const Error&) {  // It is no list of texts, and stays as it is.
    }
    return text + " " + rest;
}

constexpr std::string_view failed_with = " failed with exit code ";

bool could_not_start(const Error& error) {
    const bool is_command = error.message().find(failed_with) != std::string::npos;
    return !is_command && (error.exit_code() == 126 || error.exit_code() == 127);
}

/// What was run and could not be started is Buildah's runtime that failed.
int exit_code_of(const Error& error) {
    return could_not_start(error) ? 1 : error.exit_code();
}

/// Buildah's sentence for a command that failed, with one's own in the next line.
std::string sentence_of(const Error& error) {
    const bool is_command = error.message().find(failed_with) != std::string::npos;
    if (!is_command && !could_not_start(error)) return error.full_message();
    return fmt::format("while running runtime: exit status {}\n{}", exit_code_of(error), error.full_message());
}

}  // namespace

Error with_step(const Error& error, const StagePlan& stage) {
    // A container that could not be made is no failure of the step's command, which Buildah's sentence would suggest.
    const bool has_container = error.message().find("cannot start the container") == std::string::npos;
    if (!error.place() || !has_container) return error;
    for (const Instruction* const step : stage.instructions) {
        if (step->location.line != error.place()->line) continue;
        Error named("building at STEP \"{}\": {}", step_for_message(*step), sentence_of(error));
        named.with_hint(error.hint()).with_output(error.output()).at(*error.place());
        return named.with_exit_code(exit_code_of(error));
    }
    return error;
}

}  // namespace builder
