// Contexts of all kinds brought to this machine as folders.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <filesystem>

#include "builder/sources/archive_source.hpp"
#include "builder/sources/build_context.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/path_in_root.hpp"

namespace builder {
namespace {

using Kind = ContextLocation::Kind;
using runtime::Error;
using runtime::Fd;
using runtime::quoted;

/// The newest time of a regular file below a folder.
std::int64_t newest_time(const Fd& folder) {
    const runtime::WalkLevel level;
    std::int64_t newest = 0;
    for (const runtime::FolderEntry& entry : runtime::list_folder(folder)) {
        const auto status = runtime::stat_at(folder, entry.name);
        if (!status) continue;
        if (S_ISDIR(status->st_mode))
            newest = std::max(newest,
                              newest_time(runtime::open_at(folder, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)));
        else if (S_ISREG(status->st_mode))
            newest = std::max<std::int64_t>(newest, status->st_mtim.tv_sec);
    }
    return newest;
}

std::string new_folder(layers::Store& store) {
    std::string path = store.staging().new_path();
    if (::mkdir(path.c_str(), 0755) != 0) throw runtime::SystemError("cannot make the folder {}", quoted(path));
    return path;
}

/// The path of what a descriptor stands for.
std::string path_of(const Fd& file) {
    std::string path(PATH_MAX, '\0');
    const ssize_t length = ::readlink(runtime::fd_path(file).c_str(), path.data(), path.size());
    if (length < 0) throw runtime::SystemError("cannot find the path of a folder");
    path.resize(static_cast<std::size_t>(length));
    return path;
}

ContextFiles unpacked(layers::Store& store, Fd file, const std::string& name) {
    ContextFiles files{new_folder(store), true};
    extract_archive(std::move(file), runtime::open_path(files.folder, O_RDONLY | O_DIRECTORY), name);
    files.time = [folder = files.folder] {
        return std::optional(newest_time(runtime::open_path(folder, O_RDONLY | O_DIRECTORY)));
    };
    return files;
}

/// All of standard input in a file without a name: only its beginning tells what it is.
Fd take_standard_input(layers::Store& store) {
    const std::string path = store.staging().new_path();
    Fd file = runtime::open_path(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    ::unlink(path.c_str());
    runtime::FileSink sink(file.duplicate(), "a copy of standard input");
    runtime::FileSource source(Fd(::dup(STDIN_FILENO)), "standard input");
    runtime::copy_all(source, sink);
    ::lseek(file.get(), 0, SEEK_SET);
    return file;
}

ContextFiles from_stream(layers::Store& store, Fd file, const std::string& name) {
    if (is_archive(file)) return unpacked(store, std::move(file), name);
    ::lseek(file.get(), 0, SEEK_SET);
    ContextFiles files;
    files.is_fetched = true;
    files.containerfile = runtime::read_file(file, name, containerfile_limit_bytes);
    if (files.containerfile->empty())
        throw Error("cannot find Containerfile or Dockerfile in context directory: {} is empty", name);
    return files;
}

ContextFiles from_http(SourceFetcher& fetcher, const std::string& url) {
    const FetchedFile fetched = fetcher.fetch_file(url);
    ContextFiles files = from_stream(fetcher.store(), runtime::open_path(fetched.path, O_RDONLY), url);
    if (fetched.modified) files.time = [time = fetched.modified] { return time; };
    return files;
}

ContextFiles from_git(SourceFetcher& fetcher, const GitUrl& url, const ContextOptions& options) {
    GitSource source = fetcher.open_git(url, options.is_named_by_user);
    const GitCommit commit = source.resolve();
    ContextFiles files{fetcher.store().staging().new_path(), true};
    GitCheckout checkout;
    checkout.keeps_git_folder = url.keep_git_folder.value_or(options.keeps_git_folder);
    checkout.with_submodules = url.submodules.value_or(true);
    checkout.has_commit_times = url.mtime == "commit";
    source.check_out(commit, files.folder, checkout);
    files.time = [time = source.commit_time(commit)] { return std::optional(time); };
    if (url.subfolder.empty()) return files;
    const Fd root = runtime::open_path(files.folder, O_RDONLY | O_DIRECTORY);
    const auto part = runtime::open_in_root_if_exists(root, url.subfolder, O_PATH | O_DIRECTORY);
    if (!part) throw Error("there is no folder {} in {}", quoted(url.subfolder), quoted(source.remote_name()));
    files.folder = path_of(*part);
    return files;
}

}  // namespace

ContextFiles local_context(const std::string& folder) {
    ContextFiles files;
    files.folder = folder;
    if (folder.empty()) return files;
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0)
        throw runtime::SystemError("discovering Containerfile: stat {}",
                                   std::filesystem::absolute(folder).lexically_normal().string());
    if (!S_ISDIR(status.st_mode)) throw Error("the context {} is not a folder", quoted(folder));
    return files;
}

ContextFiles open_context_files(SourceFetcher& fetcher, const ContextLocation& location,
                                const ContextOptions& options) {
    try {
        switch (location.kind) {
            case Kind::folder:
                return local_context(location.text);
            case Kind::standard_input:
                return from_stream(fetcher.store(), take_standard_input(fetcher.store()), "standard input");
            case Kind::http:
                return from_http(fetcher, location.text);
            case Kind::git:
                return from_git(fetcher, *location.git, options);
            case Kind::image:
            case Kind::stage:
                break;
        }
    } catch (Error& error) {
        if (location.kind != Kind::folder)
            error.add_context("cannot open the context{}{}", options.name.empty() ? "" : " ", options.name);
        throw;
    }
    throw Error("an image or a stage has no folder of its own");
}

}  // namespace builder
