// Programs that are run around a container. OCI runtime-spec, config.md, "POSIX-platform Hooks"; which containers get
// them is said by files as oci-hooks(5) has them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace runtime {

/// One program to run at one stage.
struct Hook {
    std::string stage;  ///< prestart, createRuntime, createContainer, startContainer, poststart or poststop
    std::string path;   ///< absolute
    std::vector<std::string> arguments;    ///< from argv[0] on
    std::vector<std::string> environment;  ///< NAME=value
    std::optional<std::int64_t> timeout_seconds;
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(stage, path, arguments, environment, timeout_seconds);
    }
};

/// What the conditions of hook files are about.
struct HookSubject {
    std::string command;                             ///< the first word
    std::map<std::string, std::string> annotations;  ///< of the container
    bool has_bind_mounts = false;                    ///< that the user asked for
};

/// The hooks that the *.json files of these folders have for a container, in the order of the files' names. A file in
/// a later folder takes the place of one with the same name in an earlier one. Folders that are not there have none.
/// Throws Error for a file that is broken, naming the field.
std::vector<Hook> find_hooks(const std::vector<std::string>& folders, const HookSubject& subject);

/// Throws Error where a stage is none.
void check_hook(const Hook& hook, const std::string& file);

}  // namespace runtime
