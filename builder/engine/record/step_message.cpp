#include "builder/engine/record/step_message.hpp"

#include <algorithm>

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

using Kind = StepFailed::Kind;

/// What was run and could not be started is Buildah's runtime that failed.
int exit_code_of(const Error& error, std::optional<Kind> kind) {
    return kind == Kind::program ? 1 : error.exit_code();
}

/// Buildah's sentence for a command that failed, with one's own in the next line.
std::string sentence_of(const Error& error, std::optional<Kind> kind) {
    if (!kind) return error.full_message();
    return fmt::format("while running runtime: exit status {}\n{}", exit_code_of(error, kind), error.full_message());
}

}  // namespace

Error with_step(const Error& error, const Instruction& step, std::optional<Kind> kind) {
    if (kind == Kind::container) return error;
    Error named("building at STEP \"{}\": {}", step_for_message(step), sentence_of(error, kind));
    named.with_hint(error.hint()).with_output(error.output());
    if (error.place()) named.at(*error.place());
    return named.with_exit_code(exit_code_of(error, kind));
}

std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    constexpr std::size_t longest = 400;
    if (text.size() > longest) text = text.substr(0, longest) + "…";
    return text;
}

}  // namespace builder
