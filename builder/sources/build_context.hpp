// The Containerfile and the context of a build, wherever they come from.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "builder/plan/context_location.hpp"
#include "builder/sources/preprocess.hpp"
#include "builder/sources/source_fetcher.hpp"
#include "builder/sources/source_tree.hpp"
#include "builder/syntax/ignore_patterns.hpp"
#include "builder/syntax/source_text.hpp"

namespace builder {

/// A longer Containerfile is refused.
constexpr std::size_t containerfile_limit_bytes = 16U << 20;

/// The main context with its ignore rules.
struct BuildContext {
    std::shared_ptr<const CopySource> source;
    std::shared_ptr<const IgnoreMatcher> ignore = nullptr;  ///< the rules behind its filter, where there are any
};

/// A context as files of this machine.
struct ContextFiles {
    std::string folder;       ///< empty: there is none
    bool is_fetched = false;  ///< not the user's own folder: its links lead nowhere outside
    /// Where what was given as the context is a Containerfile and nothing else.
    std::optional<std::string> containerfile = std::nullopt;
    /// Where no file is named: in the folder, instead of the usual names, if not empty.
    std::string default_file = {};
    /// When the content came to be, in seconds since 1970: of a commit, of a file of a server. Nothing for folders.
    std::function<std::optional<std::int64_t>()> time = [] { return std::nullopt; };
};

struct ContextOptions {
    bool keeps_git_folder = false;
    bool is_named_by_user = true;  ///< false: by the Containerfile
    std::string name;              ///< for messages
};

/// Brings a context of files (not an image, not a stage) here; what is fetched goes when the store is closed. Throws
/// Error.
ContextFiles open_context_files(SourceFetcher& fetcher, const ContextLocation& location, const ContextOptions& options);

/// Reads the Containerfiles ("-" is standard input); they become one text. Without any: Containerfile or Dockerfile of
/// the context. Those that end in .in go through the C preprocessor, but not what was fetched. Throws Error.
/// `stop` ends the wait for what is piped in.
std::shared_ptr<const SourceText> load_containerfile(const std::vector<std::string>& files, const ContextFiles& context,
                                                     const PreprocessOptions& preprocessing = {},
                                                     const runtime::StopSource* stop = nullptr);

/// The context's files with its ignore file: the one named, the Containerfile's own, else .containerignore or
/// .dockerignore. Without a folder there is nothing to copy. Throws Error.
BuildContext open_context(const ContextFiles& files, const std::string& ignore_file, const std::string& containerfile,
                          const runtime::StopSource* stop = nullptr);

/// A context named by --build-context, with the ignore file in it.
std::shared_ptr<const CopySource> open_named_context(SourceFetcher& fetcher, const std::string& name,
                                                     const ContextLocation& location);

/// A folder that stands there already, for commands that only look.
ContextFiles local_context(const std::string& folder);

}  // namespace builder
