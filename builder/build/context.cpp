#include "builder/build/context.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "builder/syntax/ignore_patterns.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

constexpr std::size_t containerfile_limit_bytes = 16U << 20;
constexpr std::size_t ignore_file_limit_bytes = 16U << 20;

bool is_there(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

std::string read_standard_input() {
    const runtime::Fd input(::dup(STDIN_FILENO));
    return runtime::read_file(input, "standard input", containerfile_limit_bytes);
}

std::string read_containerfile(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode))
        throw Error("{} is a folder, not a Containerfile", quoted(path))
            .with_hint(fmt::format("did you mean {}/Containerfile?", path));
    return runtime::read_file(path, containerfile_limit_bytes);
}

std::string default_containerfile(const std::string& folder) {
    for (const char* name : {"Containerfile", "Dockerfile"})
        if (is_there(folder + "/" + name)) return folder + "/" + name;
    throw Error("there is neither a Containerfile nor a Dockerfile in {}", quoted(folder))
        .with_hint("name the file with -f");
}

/// As given from here, else inside the context.
std::string locate(const std::string& file, const std::string& folder) {
    if (is_there(file) || file.starts_with("/") || !is_there(folder + "/" + file)) return file;
    return folder + "/" + file;
}

struct IgnoreFile {
    std::string name;
    std::string text;
};

std::optional<IgnoreFile> find_ignore_file(const std::string& folder, const std::string& named,
                                           const std::string& containerfile) {
    if (!named.empty()) return IgnoreFile{named, runtime::read_file(named, ignore_file_limit_bytes)};
    for (const std::string& path : {containerfile + ".containerignore", containerfile + ".dockerignore",
                                    folder + "/.containerignore", folder + "/.dockerignore"})
        if (auto text = runtime::read_file_if_exists(path, ignore_file_limit_bytes))
            return IgnoreFile{path.substr(path.rfind('/') + 1), *std::move(text)};
    return std::nullopt;
}

}  // namespace

std::shared_ptr<const SourceText> load_containerfile(const std::vector<std::string>& files,
                                                     const std::string& context_folder,
                                                     const PreprocessOptions& preprocessing) {
    std::vector<std::string> paths = files;
    if (paths.empty()) paths.push_back(default_containerfile(context_folder));
    std::string name;
    std::string text;
    for (const std::string& file : paths) {
        const std::string path = file == "-" ? file : locate(file, context_folder);
        std::string part = file == "-" ? read_standard_input() : read_containerfile(path);
        if (wants_preprocessing(path)) part = preprocess(path, part, context_folder, preprocessing);
        if (!text.empty() && !text.ends_with("\n")) text += "\n";
        text += part;
        if (name.empty()) name = file == "-" ? "standard input" : path;
    }
    return std::make_shared<SourceText>(std::move(name), std::move(text));
}

BuildContext open_context(const std::string& folder, const std::string& ignore_file, const std::string& containerfile) {
    BuildContext context;
    if (folder.empty()) return context;
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0)
        throw runtime::SystemError("cannot use {} as the context", quoted(folder));
    if (!S_ISDIR(status.st_mode)) throw Error("the context {} is not a folder", quoted(folder));
    context.source = std::make_shared<CopySource>(std::vector{folder}, false, "the context " + quoted(folder));
    const auto ignore = find_ignore_file(folder, ignore_file, containerfile);
    if (!ignore) return context;
    std::shared_ptr<const IgnoreMatcher> matcher;
    try {
        matcher = std::make_shared<const IgnoreMatcher>(parse_ignore_file(ignore->text));
    } catch (Error& error) {
        error.add_context("in {}", quoted(ignore->name));
        throw;
    }
    if (matcher->empty()) return context;
    context.ignore_file = ignore->name;
    context.ignore = matcher;
    context.filter = [matcher](const std::string& path, bool is_folder) {
        if (!matcher->excludes(path)) return CopySource::Verdict{};
        return CopySource::Verdict{true, is_folder && matcher->may_contain_included(path, {})};
    };
    return context;
}

}  // namespace builder
