// What `config` changes, as data, and the change itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/cli/command.hpp"
#include "builder/containers/container_state.hpp"

namespace builder {

struct ConfigChanges {
    std::optional<std::string> architecture, author, cmd, comment, created_by, domainname, entrypoint, history_comment,
        hostname, os, os_version, shell, stop_signal, user, variant, working_directory;
    std::optional<std::string> healthcheck, healthcheck_interval, healthcheck_start_interval, healthcheck_start_period,
        healthcheck_timeout;
    std::optional<std::int64_t> healthcheck_retries;
    std::vector<std::string> annotations, environment, labels, onbuild, os_features, ports, volumes;
    std::vector<std::string> unset_annotations, unset_labels;
};

std::vector<Flag> config_flags(ConfigChanges& changes);

/// Changes the state, and gives the history texts of what was changed: "CMD /bin/sh". What the format of the container
/// has no place for is told in `warnings`. Throws Error for a bad value.
std::vector<std::string> apply_changes(const ConfigChanges& changes, ContainerState& state,
                                       std::vector<std::string>& warnings);

}  // namespace builder
