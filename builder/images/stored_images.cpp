#include "builder/images/stored_images.hpp"

#include "builder/images/local_images.hpp"
#include "layers/oci/platform.hpp"
#include "registry/transport/location.hpp"
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

layers::ImageRecord StoredImages::find(const std::string& reference, const std::string& platform) {
    std::promise<layers::ImageRecord> promise;
    std::shared_future<layers::ImageRecord> found;
    bool is_first = false;
    {
        const std::lock_guard lock(mutex_);
        const auto [entry, is_new] = found_.try_emplace({reference, platform});
        if (is_new) entry->second = promise.get_future().share();
        is_first = is_new;
        found = entry->second;
    }
    if (is_first) {
        try {
            promise.set_value(finder_(reference, platform));
        } catch (...) {
            promise.set_exception(std::current_exception());
        }
    }
    return found.get();
}

StageState StoredImages::open(const std::string& reference, const std::string& platform) {
    if (reference == "scratch") return empty_state(platform);
    const layers::ImageRecord image = find(reference, platform);
    StageState state = state_of_image(store_, image);
    // A file or a folder is no name: what its image is called here is this machine's affair.
    const auto location = registry::parse_image_location(reference);
    const bool is_place = location && location->transport != registry::Transport::registry &&
                          location->transport != registry::Transport::store;
    state.base_name = is_place ? "" : name_of_image(image, reference);
    note_base(state.annotations, image, state.base_name);
    return state;
}

}  // namespace builder
