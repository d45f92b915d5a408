// RUN --mount: what a value such as `type=cache,target=/root/.cache` asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace builder {

/// One mount, with defaults filled in where they do not depend on the build.
struct MountRequest {
    enum class Type { bind, cache, tmpfs, secret, ssh };
    enum class Sharing { shared, exclusive, locked };  ///< of a cache; `exclusive` is written as private
    enum class Relabel { none, shared, exclusive };    ///< z, Z

    Type type = Type::bind;
    std::string target;  ///< as written; empty: the working directory, and of secret and ssh a place of their own
    std::string source;  ///< within `from`, or within the context
    std::string from;    ///< a stage, an image or a named context
    bool is_read_only = true;

    std::string id;  ///< of cache, secret and ssh
    Sharing sharing = Sharing::shared;
    bool sets_sharing = false;                    ///< by an option
    std::string preset;                           ///< of a cache: see cache_presets.hpp
    bool is_required = false;                     ///< a secret or agent that is not there fails the step
    std::optional<std::string> environment_name;  ///< the secret becomes a variable
    std::optional<std::uint32_t> mode;            ///< permission bits
    std::optional<std::uint32_t> uid;
    std::optional<std::uint32_t> gid;
    std::optional<std::uint64_t> size_bytes;  ///< the limit of a tmpfs

    std::string propagation;   ///< shared, rshared, slave, rslave, private, rprivate or empty
    bool is_recursive = true;  ///< mounts below the source come along
    bool no_suid = false;
    bool no_devices = false;
    bool no_execute = false;
    Relabel relabel = Relabel::none;
    bool changes_owner = false;  ///< U: the source is given to the user of the container
    bool follows_links = true;   ///< of the source
    bool copies_up = false;      ///< a tmpfs starts with what lies at its target

    /// All that is asked for, for cache keys: the options as written, but of `from` only that it is there, because what
    /// it names may be called otherwise and be the same.
    std::string settings;
};

/// Parses the value of --mount, a line of comma-separated values; variables are expanded before.
/// Throws Error that names the key or the value at fault.
MountRequest parse_mount(std::string_view text);

/// A number of bytes with a unit of 1,024 steps: 64m, 1.5g, 100.
std::uint64_t parse_size(std::string_view text);

}  // namespace builder
