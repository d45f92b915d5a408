// Platforms: operating system, architecture, variant. OCI image-spec, image-index.md, "platform".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace layers {

struct Platform {
    std::string os;
    std::string architecture;
    std::string variant;
    std::string os_version;
    std::vector<std::string> os_features;

    bool operator==(const Platform&) const = default;
};

/// The platform of this machine.
Platform host_platform();

/// Parses a specifier: `os`, `arch`, `os/arch` or `os/arch/variant`, where os may be `os(version+feature+…)`.
/// What is missing is taken from `host`. Other names (aarch64, x86_64, armhf) become the usual ones. Throws Error.
Platform parse_platform(std::string_view specifier, const Platform& host = host_platform());

/// The same for what a person asks for: systems and architectures that nobody knows are misspelt. Throws Error.
Platform parse_known_platform(std::string_view specifier, const Platform& host = host_platform());

/// With the usual names: lower case, aarch64 is arm64, arm is arm/v7, arm64/v8 is arm64; features sorted, each once.
Platform normalized(const Platform& platform);

/// `os/arch/variant`, without what is empty.
std::string format_platform(const Platform& platform);
/// The same with version and features: `windows(10.0.17763+win32k)/amd64`.
std::string format_platform_fully(const Platform& platform);

/// True when the two are the same platform under other names at most, and `offered` needs no feature that `wanted`
/// lacks.
bool is_same_platform(const Platform& wanted, const Platform& offered);

/// What a machine of that platform runs, the best first: arm/v7 also runs arm/v6 and arm/v5, amd64 also 386.
std::vector<Platform> runnable_platforms(const Platform& platform);

/// The offered platform that a machine of the wanted one runs best; nothing when it runs none.
std::optional<std::size_t> choose_platform(const Platform& wanted, std::span<const Platform> offered);

}  // namespace layers
