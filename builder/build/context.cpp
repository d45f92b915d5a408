#include "builder/build/context.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "builder/syntax/ignore_patterns.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/path_in_root.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::Fd;
using runtime::quoted;

constexpr std::size_t containerfile_limit_bytes = 16U << 20;
constexpr std::size_t ignore_file_limit_bytes = 16U << 20;

std::string read_standard_input() {
    const Fd input(::dup(STDIN_FILENO));
    return runtime::read_file(input, "standard input", containerfile_limit_bytes);
}

/// A file of the context, or nothing. In a folder of somebody else no link leads outside.
std::optional<std::string> read_in_context(const ContextFiles& context, const std::string& name,
                                           std::size_t limit_bytes) {
    if (context.folder.empty()) return std::nullopt;
    std::optional<Fd> file;
    if (context.is_fetched)
        file = runtime::open_in_root_if_exists(runtime::open_path(context.folder, O_PATH | O_DIRECTORY), name,
                                               O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    else
        file = runtime::open_if_exists(context.folder + "/" + name, O_RDONLY);
    if (!file) return std::nullopt;
    if (S_ISDIR(runtime::stat_of(*file).st_mode))
        throw Error("{} is a folder, not a file", quoted(name))
            .with_hint(fmt::format("did you mean {}/Containerfile?", name));
    return runtime::read_file(*file, name, limit_bytes);
}

std::optional<std::string> read_here(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode))
        throw Error("{} is a folder, not a Containerfile", quoted(path))
            .with_hint(fmt::format("did you mean {}/Containerfile?", path));
    return runtime::read_file_if_exists(path, containerfile_limit_bytes);
}

struct NamedText {
    std::string name;
    std::string text;
};

NamedText read_default(const ContextFiles& context) {
    if (context.containerfile) return {"Containerfile", *context.containerfile};
    const std::string prefix = context.is_fetched ? "" : context.folder + "/";
    for (const char* name : {"Containerfile", "Dockerfile"})
        if (auto text = read_in_context(context, name, containerfile_limit_bytes))
            return {prefix + name, *std::move(text)};
    throw Error("there is neither a Containerfile nor a Dockerfile in {}",
                context.is_fetched ? "the context" : quoted(context.folder))
        .with_hint("name the file with -f");
}

/// As given from here, else inside the context; of a fetched context inside first.
NamedText read_named(const std::string& file, const ContextFiles& context) {
    if (file == "-") return {"standard input", read_standard_input()};
    if (context.is_fetched)
        if (auto text = read_in_context(context, file, containerfile_limit_bytes)) return {file, *std::move(text)};
    if (auto text = read_here(file)) return {file, *std::move(text)};
    if (!context.is_fetched && !file.starts_with("/"))
        if (auto text = read_in_context(context, file, containerfile_limit_bytes))
            return {context.folder + "/" + file, *std::move(text)};
    // For the error of the system.
    return {file, runtime::read_file(file, containerfile_limit_bytes)};
}

std::string base_name(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

std::optional<NamedText> find_ignore_file(const ContextFiles& context, const std::string& named,
                                          const std::string& containerfile) {
    if (!named.empty()) return NamedText{named, runtime::read_file(named, ignore_file_limit_bytes)};
    for (const char* ending : {".containerignore", ".dockerignore"}) {
        if (containerfile.empty()) break;
        if (context.is_fetched)
            if (auto text = read_in_context(context, containerfile + ending, ignore_file_limit_bytes))
                return NamedText{base_name(containerfile) + ending, *std::move(text)};
        if (auto text = runtime::read_file_if_exists(containerfile + ending, ignore_file_limit_bytes))
            return NamedText{base_name(containerfile) + ending, *std::move(text)};
    }
    for (const char* name : {".containerignore", ".dockerignore"})
        if (auto text = read_in_context(context, name, ignore_file_limit_bytes))
            return NamedText{name, *std::move(text)};
    return std::nullopt;
}

std::shared_ptr<const IgnoreMatcher> make_matcher(const NamedText& ignore) {
    try {
        return std::make_shared<const IgnoreMatcher>(parse_ignore_file(ignore.text));
    } catch (Error& error) {
        error.add_context("in {}", quoted(ignore.name));
        throw;
    }
}

CopySource::Ignored ignored_by(const std::shared_ptr<const IgnoreMatcher>& matcher, const std::string& file) {
    if (!matcher || matcher->empty()) return {};
    return {[matcher](const std::string& path, bool is_folder) {
                if (!matcher->excludes(path)) return CopySource::Verdict{};
                return CopySource::Verdict{true, is_folder && matcher->may_contain_included(path, {})};
            },
            file};
}

}  // namespace

std::shared_ptr<const SourceText> load_containerfile(const std::vector<std::string>& files, const ContextFiles& context,
                                                     const PreprocessOptions& preprocessing) {
    std::string name;
    std::string text;
    const auto add = [&](NamedText part) {
        if (wants_preprocessing(part.name)) part.text = preprocess(part.name, part.text, context.folder, preprocessing);
        if (!text.empty() && !text.ends_with("\n")) text += "\n";
        text += part.text;
        if (name.empty()) name = std::move(part.name);
    };
    if (files.empty()) add(read_default(context));
    for (const std::string& file : files) add(read_named(file, context));
    return std::make_shared<SourceText>(std::move(name), std::move(text));
}

BuildContext open_context(const ContextFiles& files, const std::string& ignore_file, const std::string& containerfile) {
    BuildContext context;
    if (files.folder.empty()) return context;
    const auto ignore = find_ignore_file(files, ignore_file, containerfile);
    std::shared_ptr<const IgnoreMatcher> matcher = ignore ? make_matcher(*ignore) : nullptr;
    context.source = std::make_shared<CopySource>(
        std::vector{files.folder}, false, files.is_fetched ? "the context" : "the context " + quoted(files.folder),
        ignored_by(matcher, ignore ? ignore->name : ""));
    if (matcher && !matcher->empty()) context.ignore = std::move(matcher);
    return context;
}

std::shared_ptr<const CopySource> open_named_context(SourceFetcher& fetcher, const std::string& name,
                                                     const ContextLocation& location) {
    const ContextFiles files = open_context_files(fetcher, location, {.name = quoted(name)});
    if (files.containerfile)
        throw Error("the context {} is a single file, no archive", quoted(name)).with_hint("ADD fetches single files");
    const auto ignore = find_ignore_file(files, "", "");
    return std::make_shared<CopySource>(
        std::vector{files.folder}, false, "the context " + quoted(name),
        ignored_by(ignore ? make_matcher(*ignore) : nullptr, ignore ? ignore->name : ""));
}

}  // namespace builder
