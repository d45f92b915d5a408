#include "builder/containers/container_bundle.hpp"

#include <filesystem>

#include "builder/containers/container_mount.hpp"
#include "runtime/base/error.hpp"
#include "runtime/container/isolation/oci_bundle.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/output_file.hpp"

namespace builder {
namespace {

using runtime::MountSpec;

/// A path of this machine for a mount. What would be gone with this program is written into the bundle.
std::string place_of(const MountSpec& mount, const layers::Store& store, const std::string& file) {
    switch (mount.kind) {
        case MountSpec::Kind::tmpfs:
            return "";
        case MountSpec::Kind::content:
            runtime::replace_own_file(file, mount.content, mount.mode);
            return file;
        case MountSpec::Kind::bind:
            if (!mount.source_path.starts_with(store.location().root + "/staging/")) return mount.source_path;
            if (!mount.is_folder) {
                runtime::replace_own_file(file, runtime::read_file(mount.source_path));
                return file;
            }
            [[fallthrough]];
        default:
            throw runtime::Error("what is mounted at {} exists only while builder runs a command",
                                 runtime::quoted(mount.target))
                .with_hint("a bundle can have files and folders of this machine, and memory");
    }
}

}  // namespace

void write_bundle(WorkingContainer& container, const ContainerRun& run, const ImageFinder& images,
                  const std::string& folder, runtime::StopSource& stop) {
    runtime::make_folders(folder + "/files", 0755);
    const std::string whole = std::filesystem::absolute(folder).lexically_normal().string();
    ContainerRun described = run;
    described.settings.isolation = runtime::Isolation::oci_runtime;
    const runtime::ContainerSpec spec = describe_run(container, described, images, stop);
    runtime::BundlePlaces places;
    places.root = mount_container(container);
    for (std::size_t i = 0; i < spec.mounts.size(); ++i)
        places.mount_sources.push_back(
            place_of(spec.mounts[i], container.store(), fmt::format("{}/files/{}", whole, i)));
    runtime::replace_own_file(whole + "/config.json", runtime::make_oci_config(spec, places));
}

}  // namespace builder
