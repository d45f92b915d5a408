#include "builder/steps/copied_texts.hpp"

#include <sys/mman.h>

#include "builder/syntax/expand.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

runtime::Fd in_memory(const std::string& content) {
    runtime::Fd file(::memfd_create("inline-file", MFD_CLOEXEC));
    if (!file) throw runtime::SystemError("cannot make a memory file");
    runtime::write_all(file, content, "a memory file");
    return file;
}

}  // namespace

void CopiedTexts::gather(const StageState& state, const Heredoc& heredoc) {
    if (!heredoc.expand) {
        files_.push_back({heredoc.name, heredoc.content});
        return;
    }
    ExpandOptions options;
    options.escape = job_.environment.escape;
    options.ignore_quotes = true;
    const auto variable = [&](std::string_view name) { return state.variables.get(name); };
    files_.push_back({heredoc.name, expand(heredoc.content, variable, options).word});
}

void CopiedTexts::add_to_key(KeyBuilder& key) {
    for (const File& file : files_) key.add("inline file " + file.name, layers::Digest::of(file.content).text());
}

void CopiedTexts::write(CopyWriter& writer, overlay::UpperFolder&) {
    for (const File& file : files_)
        writer.write_file(job_.words.destination, file.name, in_memory(file.content), 0644,
                          job_.words.is_linked ? std::optional(CopyWriter::no_time) : std::nullopt);
}

}  // namespace builder
