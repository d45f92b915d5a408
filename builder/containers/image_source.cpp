#include "builder/containers/image_source.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "builder/containers/working_container.hpp"
#include "builder/images/local_images.hpp"
#include "layers/oci/platform.hpp"
#include "runtime/base/error.hpp"

namespace builder {

std::shared_ptr<const CopySource> open_container_or_image(layers::Store& store, const std::string& name,
                                                          const std::string& platform, const ImageFinder& images) {
    if (const auto container = find_container(store, name)) {
        const WorkingContainer other(store, container->id);
        return std::make_shared<CopySource>(other.whole().lower_folders(), true,
                                            "the container " + runtime::quoted(name));
    }
    const std::string wanted = platform.empty() ? layers::format_platform(layers::host_platform()) : platform;
    const layers::ImageRecord image = images(name, wanted);
    return std::make_shared<CopySource>(state_of_image(store, image).lower_folders(), true,
                                        "the image " + runtime::quoted(name));
}

std::string path_on_machine(const std::string& path) {
    if (path.starts_with("/")) return path;
    const std::unique_ptr<char, decltype(&::free)> current(::getcwd(nullptr, 0), &::free);
    if (!current) throw runtime::SystemError("cannot find the current folder");
    return std::string(current.get()) + "/" + path;
}

void StderrObserver::notice(std::string_view text) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
}

void StderrObserver::warning(std::string_view text) {
    notice(text);
}

}  // namespace builder
