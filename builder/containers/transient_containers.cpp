#include "builder/containers/transient_containers.hpp"

#include "builder/containers/container_removal.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

/// Among the settings of a container. No flag has a name of two words.
constexpr const char* boot_key = "transient boot";

std::string this_boot() {
    std::string text = runtime::read_file("/proc/sys/kernel/random/boot_id");
    text.erase(text.find_last_not_of('\n') + 1);
    return text;
}

}  // namespace

void make_transient(ContainerState& state) {
    state.settings[boot_key] = {this_boot()};
}

void remove_transient_containers(layers::Store& store) {
    for (const layers::ContainerRecord& container : store.containers().list()) {
        const std::string boot = parse_container_state(container.state).setting(boot_key);
        if (boot.empty() || boot == this_boot()) continue;
        try {
            remove_working_container(store, container);
        } catch (const runtime::Error& error) {
            runtime::log_debug("the container {} of an earlier boot stays: {}", container.name, error.message());
        }
    }
}

}  // namespace builder
