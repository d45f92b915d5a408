#include "builder/build/stored_images.hpp"

#include "builder/build/local_images.hpp"
#include "layers/oci/platform.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

constexpr const char* default_path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

StageState empty_state(const std::string& platform_text) {
    const layers::Platform platform = layers::parse_platform(platform_text);
    StageState state;
    state.config.os = platform.os;
    state.config.architecture = platform.architecture;
    state.config.variant = platform.variant;
    state.config.config.env = {default_path};
    state.config.config.working_dir = "/";
    state.variables = Variables::from_environment(state.config.config.env);
    return state;
}

}  // namespace

StageState StoredImages::open(const std::string& reference, const std::string& platform) {
    if (reference == "scratch") return empty_state(platform);
    // One at a time: two stages on the same image bring it in only once.
    const std::lock_guard lock(mutex_);
    if (auto imported = importer_(reference, platform)) return state_of_image(store_, *imported);
    return state_of_image(store_, require_local_image(store_, reference));
}

}  // namespace builder
