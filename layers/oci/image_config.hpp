// The configuration of an image: what runs in it, what it is made of, how it came about. OCI image-spec, config.md,
// with the fields that Docker has beside it (HEALTHCHECK, ONBUILD, SHELL), which are kept in both families.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "layers/digest.hpp"

namespace layers::oci {

inline constexpr std::size_t config_limit_bytes = 8U << 20;

/// Fields that this program has no word for: name → JSON text. They are written as they were read.
using ExtraFields = std::map<std::string, std::string>;

struct Healthcheck {
    /// {} inherits, {"NONE"} disables, {"CMD", …} or {"CMD-SHELL", command}.
    std::vector<std::string> test = {};
    /// In nanoseconds; 0 inherits.
    std::int64_t interval_ns = 0;
    std::int64_t timeout_ns = 0;
    std::int64_t start_period_ns = 0;
    std::int64_t start_interval_ns = 0;
    std::int64_t retries = 0;

    bool operator==(const Healthcheck&) const = default;
};

/// What runs, and how. Empty means unset throughout.
struct ContainerConfig {
    std::string user = {};
    std::set<std::string> exposed_ports = {};
    std::vector<std::string> env = {};  ///< "NAME=value"
    std::vector<std::string> entrypoint = {};
    std::vector<std::string> cmd = {};
    std::set<std::string> volumes = {};
    std::string working_dir = {};
    std::map<std::string, std::string> labels = {};
    std::string stop_signal = {};
    std::optional<std::int64_t> stop_timeout_seconds = std::nullopt;
    bool args_escaped = false;
    std::optional<Healthcheck> healthcheck = std::nullopt;
    std::vector<std::string> on_build = {};
    std::vector<std::string> shell = {};
    std::string hostname = {};
    std::string domainname = {};
    ExtraFields extra = {};

    bool operator==(const ContainerConfig&) const = default;
};

struct HistoryEntry {
    std::string created = {};
    std::string created_by = {};
    std::string author = {};
    std::string comment = {};
    bool empty_layer = false;
    ExtraFields extra = {};

    bool operator==(const HistoryEntry&) const = default;
};

struct ImageConfig {
    std::string created = {};  ///< RFC 3339
    std::string author = {};
    std::string architecture = {};
    std::string os = {};
    std::string variant = {};
    std::string os_version = {};
    std::vector<std::string> os_features = {};
    ContainerConfig config = {};
    std::vector<Digest> diff_ids = {};
    std::vector<HistoryEntry> history = {};
    ExtraFields extra = {};

    bool operator==(const ImageConfig&) const = default;
};

/// Throws Error naming the field.
ImageConfig parse_image_config(std::string_view text);
std::string write_image_config(const ImageConfig& config);

/// Makes of an image's configuration what an image that is built from it begins with: without what says how the base
/// was built by Docker or BuildKit (container_config, parent, Image, …), which would not be true of the other; and with
/// as many entries of the history that stand for a layer as there are layers, whatever the base says of its own.
void become_base(ImageConfig& config);

}  // namespace layers::oci
