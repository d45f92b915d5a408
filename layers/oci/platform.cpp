#include "layers/oci/platform.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "runtime/base/error.hpp"
#include "runtime/base/letter_case.hpp"
#include "runtime/base/text.hpp"

namespace layers {
namespace {

using runtime::Error;
using runtime::quoted;

constexpr std::array<std::string_view, 18> known_systems = {
    "aix",   "android", "darwin", "dragonfly", "freebsd", "hurd",    "illumos", "ios",     "js",
    "linux", "nacl",    "netbsd", "openbsd",   "plan9",   "solaris", "wasip1",  "windows", "zos"};
constexpr std::array<std::string_view, 24> known_architectures = {
    "386",     "amd64",  "amd64p32", "arm",      "armbe",     "arm64",       "arm64be", "loong64",
    "mips",    "mipsle", "mips64",   "mips64le", "mips64p32", "mips64p32le", "ppc",     "ppc64",
    "ppc64le", "riscv",  "riscv64",  "s390",     "s390x",     "sparc",       "sparc64", "wasm"};

template <typename Names>
bool contains(const Names& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool consists_of(std::string_view text, std::string_view further) {
    return std::all_of(text.begin(), text.end(), [&](char byte) {
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
               further.find(byte) != std::string_view::npos;
    });
}

std::string normalized_system(std::string_view system) {
    const std::string name = runtime::in_lower_case(system);
    return name == "macos" ? "darwin" : name.empty() ? "linux" : name;
}

void normalize_architecture(std::string& architecture, std::string& variant) {
    architecture = runtime::in_lower_case(architecture);
    variant = runtime::in_lower_case(variant);
    if (architecture == "i386") {
        architecture = "386";
        variant.clear();
    } else if (architecture == "x86_64" || architecture == "x86-64" || architecture == "amd64") {
        architecture = "amd64";
        if (variant == "v1") variant.clear();
    } else if (architecture == "aarch64" || architecture == "arm64") {
        architecture = "arm64";
        if (variant == "8" || variant == "v8" || variant == "v8.0") variant.clear();
        if (variant == "9" || variant == "9.0" || variant == "v9.0") variant = "v9";
    } else if (architecture == "armhf" || architecture == "armel") {
        variant = architecture == "armhf" ? "v7" : "v6";
        architecture = "arm";
    } else if (architecture == "arm") {
        if (variant.empty() || variant == "7") variant = "v7";
        if (variant == "5" || variant == "6" || variant == "8") variant.insert(0, "v");
    }
}

std::optional<unsigned> parse_number(std::string_view text) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::string encoded(std::string_view option) {
    std::string result;
    for (const char byte : option) {
        if (std::string_view("%+()/").find(byte) == std::string_view::npos)
            result += byte;
        else
            result += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
    return result;
}

std::string decoded(std::string_view option, std::string_view specifier) {
    std::string result;
    for (std::size_t i = 0; i < option.size(); ++i) {
        if (option[i] != '%') {
            result += option[i];
            continue;
        }
        const std::string_view digits = option.substr(i + 1, 2);
        unsigned value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2)
            throw Error("invalid platform {}: '%' must be followed by two hexadecimal digits", quoted(specifier));
        result += static_cast<char>(static_cast<unsigned char>(value));
        i += 2;
    }
    return result;
}

/// Reads `os` or `os(version+feature+…)`.
void parse_system(Platform& platform, std::string_view part, std::string_view specifier) {
    const std::size_t open = part.find('(');
    const std::string_view name = part.substr(0, open);
    if (name.empty() || !consists_of(name, "_-"))
        throw Error("invalid platform {}: {} is no operating system or architecture", quoted(specifier), quoted(part));
    platform.os = normalized_system(name);
    if (open == std::string_view::npos) return;
    if (!part.ends_with(')') || !consists_of(part.substr(open + 1, part.size() - open - 2), "_.%-+"))
        throw Error("invalid platform {}: {} has a malformed version", quoted(specifier), quoted(part));
    const auto options = runtime::split(part.substr(open + 1, part.size() - open - 2), '+');
    platform.os_version = decoded(options.front(), specifier);
    for (std::size_t i = 1; i < options.size(); ++i) platform.os_features.push_back(decoded(options[i], specifier));
}

Platform complete_single(Platform platform, std::string_view specifier, const Platform& host) {
    if (contains(known_systems, platform.os)) {
        platform.architecture = host.architecture;
        if (host.architecture == "arm" && host.variant != "v7") platform.variant = host.variant;
        return platform;
    }
    platform.architecture = specifier;
    normalize_architecture(platform.architecture, platform.variant);
    if (platform.architecture == "arm" && platform.variant == "v7") platform.variant.clear();
    if (!contains(known_architectures, platform.architecture))
        throw Error("unknown operating system or architecture {}", quoted(specifier))
            .with_hint("write it as os/arch, for example linux/amd64");
    platform.os = host.os;
    return platform;
}

Platform with(const Platform& platform, std::string architecture, std::string variant) {
    Platform other = platform;
    other.architecture = std::move(architecture);
    other.variant = std::move(variant);
    return other;
}

void add_arm(std::vector<Platform>& list, const Platform& platform, const std::string& variant) {
    list.push_back(with(platform, "arm", variant));
    const auto version = parse_number(std::string_view(variant).substr(variant.starts_with('v') ? 1 : 0));
    for (unsigned lower_version = version.value_or(0); lower_version > 5; --lower_version)
        list.push_back(with(platform, "arm", fmt::format("v{}", lower_version - 1)));
}

/// v9.x runs v9 up to x and, as it came from v8.5, v8 up to x + 5.
void add_arm64(std::vector<Platform>& list, const Platform& platform) {
    std::string variant = platform.variant.empty() ? "v8" : platform.variant;
    const auto parts = runtime::split(std::string_view(variant).substr(variant.starts_with('v') ? 1 : 0), '.');
    auto major = parse_number(parts.front()).value_or(0);
    unsigned minor = parts.size() == 2 ? parse_number(parts[1]).value_or(0) : 0;
    const auto add_below = [&](unsigned limit) {
        for (unsigned i = std::min(limit, 99U); i > 0; --i)
            list.push_back(
                with(platform, "arm64", i == 1 ? fmt::format("v{}", major) : fmt::format("v{}.{}", major, i - 1)));
    };
    if (major >= 8) {
        if (major == 9) {
            add_below(minor);
            major = 8;
            minor += 5;
            list.push_back(with(platform, "arm64", fmt::format("v8.{}", minor)));
        }
        add_below(minor);
    }
    if (variant.starts_with("v8.") || variant.starts_with("v9.")) variant = "v8";
    add_arm(list, platform, variant);
}

bool has_all_features(const Platform& wanted, const Platform& offered) {
    return std::includes(wanted.os_features.begin(), wanted.os_features.end(), offered.os_features.begin(),
                         offered.os_features.end());
}

/// Windows runs containers of its own build only: 10.0.17763 with whatever revision.
bool is_same_version(const Platform& wanted, const Platform& offered) {
    if (wanted.os != "windows" || wanted.os_version.empty() || offered.os_version.empty()) return true;
    auto first = runtime::split(wanted.os_version, '.');
    auto second = runtime::split(offered.os_version, '.');
    first.resize(3);
    second.resize(3);
    return first == second;
}

}  // namespace

Platform host_platform() {
    utsname names{};
    if (::uname(&names) != 0) throw runtime::SystemError("cannot ask for the machine's architecture");
    std::string architecture = names.machine;
    std::string variant;
    if (architecture.starts_with("armv")) {
        variant = architecture.substr(3, 2);
        architecture = "arm";
    } else if (architecture.size() == 4 && architecture[0] == 'i' && architecture.ends_with("86")) {
        architecture = "386";
    }
    Platform platform{"linux", architecture, variant, {}, {}};
    normalize_architecture(platform.architecture, platform.variant);
    return platform;
}

Platform parse_platform(std::string_view specifier, const Platform& host) {
    const auto parts = runtime::split(specifier, '/');
    Platform platform;
    parse_system(platform, parts.front(), specifier);
    for (std::size_t i = 1; i < parts.size(); ++i)
        if (parts[i].empty() || !consists_of(parts[i], "_.-"))
            throw Error("invalid platform {}: {} is no architecture or variant", quoted(specifier), quoted(parts[i]));
    if (parts.size() == 1) return complete_single(std::move(platform), specifier, host);
    if (parts.size() > 3)
        throw Error("invalid platform {}: it has more than three parts", quoted(specifier))
            .with_hint("write it as os/arch/variant, for example linux/arm/v7");
    platform.architecture = parts[1];
    if (parts.size() == 3) platform.variant = parts[2];
    normalize_architecture(platform.architecture, platform.variant);
    if (parts.size() == 2 && platform.architecture == "arm" && platform.variant == "v7") platform.variant.clear();
    if (parts.size() == 3 && platform.architecture == "arm64" && platform.variant.empty()) platform.variant = "v8";
    return platform;
}

Platform parse_known_platform(std::string_view specifier, const Platform& host) {
    const Platform platform = parse_platform(specifier, host);
    if (!contains(known_systems, platform.os))
        throw Error("unknown operating system {} in the platform {}", quoted(platform.os), quoted(specifier))
            .with_hint("write it as os/arch, for example linux/amd64");
    if (!contains(known_architectures, platform.architecture))
        throw Error("unknown architecture {} in the platform {}", quoted(platform.architecture), quoted(specifier))
            .with_hint("write it as os/arch, for example linux/amd64");
    return platform;
}

Platform normalized(const Platform& platform) {
    Platform result = platform;
    result.os = normalized_system(platform.os);
    normalize_architecture(result.architecture, result.variant);
    std::sort(result.os_features.begin(), result.os_features.end());
    result.os_features.erase(std::unique(result.os_features.begin(), result.os_features.end()),
                             result.os_features.end());
    return result;
}

std::string format_platform(const Platform& platform) {
    if (platform.os.empty()) return "unknown";
    std::string text = platform.os;
    if (!platform.architecture.empty()) text += "/" + platform.architecture;
    if (!platform.variant.empty()) text += "/" + platform.variant;
    return text;
}

std::string format_platform_fully(const Platform& platform) {
    std::vector<std::string> features = platform.os_features;
    std::sort(features.begin(), features.end());
    std::string options = encoded(platform.os_version);
    for (const std::string& feature : features) options += "+" + encoded(feature);
    Platform detailed = platform;
    if (!platform.os.empty() && !options.empty()) detailed.os += "(" + options + ")";
    return format_platform(detailed);
}

bool is_same_platform(const Platform& wanted, const Platform& offered) {
    const Platform first = normalized(wanted);
    const Platform second = normalized(offered);
    return first.os == second.os && first.architecture == second.architecture && first.variant == second.variant &&
           is_same_version(first, second) && has_all_features(first, second);
}

std::vector<Platform> runnable_platforms(const Platform& platform) {
    const Platform best = normalized(platform);
    if (best.architecture == "arm") {
        std::vector<Platform> list;
        add_arm(list, best, best.variant);
        return list;
    }
    std::vector<Platform> list = {best};
    if (best.architecture == "arm64") add_arm64(list, best);
    if (best.architecture == "amd64") {
        const auto version = parse_number(std::string_view(best.variant).substr(best.variant.starts_with('v') ? 1 : 0));
        for (unsigned lower_version = std::min(version.value_or(0), 9U); lower_version > 1; --lower_version)
            list.push_back(with(best, "amd64", fmt::format("v{}", lower_version - 1)));
        list.push_back(with(best, "386", ""));
    }
    return list;
}

std::optional<std::size_t> choose_platform(const Platform& wanted, std::span<const Platform> offered) {
    for (const Platform& candidate : runnable_platforms(wanted))
        for (std::size_t i = 0; i < offered.size(); ++i)
            if (is_same_platform(candidate, offered[i])) return i;
    return std::nullopt;
}

}  // namespace layers
