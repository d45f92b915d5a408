#include "builder/sources/build_context.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <filesystem>

#include "builder/syntax/foreign_text.hpp"
#include "builder/syntax/ignore_patterns.hpp"
#include "builder/syntax/unicode.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/path_in_root.hpp"
#include "runtime/sys/waiting_read.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::Fd;
using runtime::quoted;

constexpr std::size_t ignore_file_limit_bytes = 1U << 20;

/// A file that the command line names: it may be a pipe.
std::string read_given(const std::string& path, std::size_t limit_bytes, const runtime::StopSource* stop) {
    return stop == nullptr ? runtime::read_file(path, limit_bytes) : runtime::read_waiting(path, limit_bytes, *stop);
}

std::string read_standard_input(const runtime::StopSource* stop) {
    const std::string name = "standard input";
    Fd input(::dup(STDIN_FILENO));
    return stop == nullptr ? runtime::read_file(input, name, containerfile_limit_bytes)
                           : runtime::read_waiting(std::move(input), name, containerfile_limit_bytes, *stop);
}

/// What lies in a context may be anything. Reading a FIFO or a device there would wait for ever.
void require_content(const Fd& file, const std::string& name) {
    const struct stat status = runtime::stat_of(file);
    const bool is_null = S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
    if (S_ISREG(status.st_mode) || is_null) return;
    if (S_ISDIR(status.st_mode))
        throw Error("{} is a folder, not a file", quoted(name))
            .with_hint(fmt::format("did you mean {}/Containerfile?", name));
    throw Error("{} in the context is no regular file", quoted(name))
        .with_hint("what the command line names may be a pipe: -f, --ignorefile");
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
        file = runtime::open_if_exists(context.folder + "/" + name, O_RDONLY | O_NONBLOCK);
    if (!file) return std::nullopt;
    require_content(*file, name);
    return runtime::read_file(*file, name, limit_bytes);
}

std::optional<std::string> read_here(const std::string& path, const runtime::StopSource* stop) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return runtime::read_file_if_exists(path, containerfile_limit_bytes);
    if (S_ISDIR(status.st_mode))
        throw Error("containerfile: \"{}\" cannot be path to a directory", path)
            .with_hint(fmt::format("did you mean {}/Containerfile?", path));
    return read_given(path, containerfile_limit_bytes, stop);
}

struct NamedText {
    std::string name;
    std::string text;
    bool is_fetched = false;  ///< by somebody else
    bool is_outside = false;  ///< a link in the context led to it, out of the context
};

/// Whether a link in a local context leads out of it. Such a file is read, as it always was, but not shown: whoever
/// made the link need not be who may read it.
bool leads_outside(const ContextFiles& context, const std::string& name) {
    struct stat found {};
    if (context.is_fetched || ::stat((context.folder + "/" + name).c_str(), &found) != 0) return false;
    const auto inside = runtime::open_in_root_if_exists(runtime::open_path(context.folder, O_PATH | O_DIRECTORY), name,
                                                        O_PATH | O_CLOEXEC);
    if (!inside) return true;
    const struct stat status = runtime::stat_of(*inside);
    return status.st_dev != found.st_dev || status.st_ino != found.st_ino;
}

/// A file of the context, for messages.
std::string absolute_place(const std::string& folder, const std::string& file) {
    return (std::filesystem::absolute(folder) / file).lexically_normal().string();
}

/// A file of the folder that may have been meant: "dockerfile", "Dockerfile.dev", "app.Containerfile". Empty where
/// there is none.
std::string nearly_a_containerfile(const std::string& folder) {
    const auto open = runtime::open_if_exists(folder, O_RDONLY | O_DIRECTORY);
    if (!open) return "";
    for (const runtime::FolderEntry& entry : runtime::list_folder(*open)) {
        const std::string name = to_lower(entry.name);
        if (name.ends_with(".dockerignore") || name.ends_with(".containerignore")) continue;
        if (name.find("dockerfile") != std::string::npos || name.find("containerfile") != std::string::npos)
            return entry.name;
    }
    return "";
}

NamedText read_default(const ContextFiles& context) {
    if (context.containerfile) return {"Containerfile", *context.containerfile};
    const std::string prefix = context.is_fetched ? "" : context.folder + "/";
    if (!context.default_file.empty()) {
        // The project names it, not the user: links lead nowhere outside.
        ContextFiles strict = context;
        strict.is_fetched = true;
        if (auto text = read_in_context(strict, context.default_file, containerfile_limit_bytes))
            return {prefix + context.default_file, *std::move(text), context.is_fetched};
        throw Error("the file {}, which builder.toml of the context names, is not in the context",
                    quoted(context.default_file));
    }
    for (const char* name : {"Containerfile", "Dockerfile"})
        if (auto text = read_in_context(context, name, containerfile_limit_bytes))
            return {prefix + name, *std::move(text), context.is_fetched};
    Error error("cannot find Containerfile or Dockerfile in context directory");
    if (!context.is_fetched)
        error =
            Error("cannot find Containerfile or Dockerfile in context directory: stat {}: no such file or directory",
                  absolute_place(context.folder, "Dockerfile"));
    const std::string other = context.is_fetched ? "" : nearly_a_containerfile(context.folder);
    if (!other.empty()) error.with_hint(fmt::format("there is {}: name it with -f", quoted(other)));
    throw error.with_hint(
        "name the file with -f, or write one: FROM names the image to begin with, COPY and RUN add to it");
}

/// As given from here, else inside the context; of a fetched context inside first.
NamedText read_named(const std::string& file, const ContextFiles& context, const runtime::StopSource* stop) {
    if (file == "-") return {"standard input", read_standard_input(stop)};
    if (context.is_fetched)
        if (auto text = read_in_context(context, file, containerfile_limit_bytes))
            return {file, *std::move(text), true};
    if (auto text = read_here(file, stop)) return {file, *std::move(text)};
    if (!context.is_fetched && !file.starts_with("/"))
        if (auto text = read_in_context(context, file, containerfile_limit_bytes))
            return {context.folder + "/" + file, *std::move(text)};
    if (file.starts_with("/") || context.is_fetched) return {file, runtime::read_file(file, containerfile_limit_bytes)};
    throw Error("stat {}: no such file or directory", absolute_place(context.folder, file))
        .with_hint("a name behind -f is looked for here, then in the context");
}

std::string base_name(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

/// The ignore file of a Containerfile, which often lies in the context.
std::optional<std::string> read_beside(const std::string& path) {
    const auto file = runtime::open_if_exists(path, O_RDONLY | O_NONBLOCK);
    if (!file) return std::nullopt;
    require_content(*file, path);
    return runtime::read_file(*file, path, ignore_file_limit_bytes);
}

std::optional<NamedText> find_ignore_file(const ContextFiles& context, const std::string& named,
                                          const std::string& containerfile, const runtime::StopSource* stop) {
    if (!named.empty()) {
        if (::access(named.c_str(), F_OK) != 0) throw runtime::SystemError("open {}", named);
        return NamedText{named, read_given(named, ignore_file_limit_bytes, stop)};
    }
    for (const char* ending : {".containerignore", ".dockerignore"}) {
        if (containerfile.empty()) break;
        if (context.is_fetched)
            if (auto text = read_in_context(context, containerfile + ending, ignore_file_limit_bytes))
                return NamedText{base_name(containerfile) + ending, *std::move(text)};
        if (auto text = read_beside(containerfile + ending))
            return NamedText{base_name(containerfile) + ending, *std::move(text)};
    }
    for (const char* name : {".containerignore", ".dockerignore"})
        if (auto text = read_in_context(context, name, ignore_file_limit_bytes))
            return NamedText{name, *std::move(text), context.is_fetched, leads_outside(context, name)};
    return std::nullopt;
}

std::shared_ptr<const IgnoreMatcher> make_matcher(const NamedText& ignore) {
    try {
        return std::make_shared<const IgnoreMatcher>(parse_ignore_file(ignore.text));
    } catch (Error& error) {
        if (ignore.is_outside)
            throw Error(
                "{} has a pattern that makes no sense; it is a link out of the context, so its text is not shown",
                quoted(ignore.name));
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
                                                     const PreprocessOptions& preprocessing,
                                                     const runtime::StopSource* stop) {
    std::string name;
    std::string text;
    const auto add = [&](NamedText part) {
        if (wants_preprocessing(part.name) && part.is_fetched && preprocessing.notice)
            preprocessing.notice(
                fmt::format("{} was fetched, and is taken as it is: what it includes would be files of "
                            "this machine",
                            quoted(part.name)));
        if (wants_preprocessing(part.name) && !part.is_fetched)
            part.text = preprocess(part.name, part.text, context.folder, preprocessing, stop);
        refuse_foreign_text(part.text, part.name);
        if (!text.empty() && !text.ends_with("\n")) text += "\n";
        text += part.text;
        if (name.empty()) name = std::move(part.name);
    };
    if (files.empty()) add(read_default(context));
    for (const std::string& file : files) {
        const bool is_url = file.starts_with("http://") || file.starts_with("https://");
        add(is_url && preprocessing.fetch ? NamedText{file, preprocessing.fetch(file), true}
                                          : read_named(file, context, stop));
    }
    return std::make_shared<SourceText>(std::move(name), std::move(text));
}

BuildContext open_context(const ContextFiles& files, const std::string& ignore_file, const std::string& containerfile,
                          const runtime::StopSource* stop) {
    BuildContext context;
    if (files.folder.empty()) return context;
    const auto ignore = find_ignore_file(files, ignore_file, containerfile, stop);
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
    const auto ignore = find_ignore_file(files, "", "", nullptr);
    return std::make_shared<CopySource>(
        std::vector{files.folder}, false, "the context " + quoted(name),
        ignored_by(ignore ? make_matcher(*ignore) : nullptr, ignore ? ignore->name : ""));
}

}  // namespace builder
