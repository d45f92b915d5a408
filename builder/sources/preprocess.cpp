#include "builder/sources/preprocess.hpp"

#include "runtime/base/error.hpp"
#include "runtime/sys/program.hpp"

namespace builder {

using runtime::Error;
using runtime::quoted;

std::string preprocess(const std::string& name, const std::string& text, const std::string& context_folder,
                       const PreprocessOptions& options, const runtime::StopSource* stop) {
    std::vector<std::string> words = {"cpp"};
    words.insert(words.end(), options.flags.begin(), options.flags.end());
    for (const char* word : {"-E", "-iquote"}) words.emplace_back(word);
    words.push_back(context_folder.empty() ? "." : context_folder);
    for (const char* word : {"-traditional", "-undef", "-"}) words.emplace_back(word);
    runtime::ProgramRequest request{std::move(words)};
    request.input = text;
    if (runtime::find_program("cpp").empty())
        throw Error("the program 'cpp' is not installed")
            .with_hint(
                "a Containerfile that ends in .in needs the C preprocessor; install it, or preprocess the file "
                "yourself");
    const auto [exit_code, result, said] = runtime::run_program(request, stop);
    const bool is_fatal =
        said.find("fatal error:") != std::string::npos || said.find("error: #error") != std::string::npos;
    if (is_fatal || (exit_code != 0 && result.empty())) {
        Error error("cpp cannot preprocess {} (exit code {})", quoted(name), exit_code);
        if (!said.empty()) error.with_output(said);
        throw error;
    }
    if (!said.empty() && options.notice) options.notice("cpp says of " + quoted(name) + ": " + said);
    return result;
}

}  // namespace builder
