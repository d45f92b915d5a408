#include "builder/engine/run/steps_cgroup.hpp"

#include "runtime/container/cgroup/systemd_scope.hpp"
#include "runtime/sys/privileges.hpp"

namespace builder {
namespace {

/// An OCI runtime makes the cgroup by itself. Where systemd is to give the place, it is asked here in the same way for
/// all of them, and the runtime is told a path.
void place_for_runtime(RunSettings& settings, const runtime::CgroupWishes& wishes) {
    const bool is_slice = !wishes.parent.empty() && !wishes.parent.starts_with("/");
    const bool needs_systemd =
        is_slice || wishes.manager == runtime::CgroupManager::systemd || (wishes.user && wishes.parent.empty());
    if (needs_systemd && runtime::is_cgroup_version_2())
        settings.oci.cgroup_parent = runtime::find_cgroup_place(runtime::controllers_for(settings.limits), wishes);
    else if (is_slice)
        settings.oci.cgroup_parent = runtime::path_of_slice(wishes.parent);
}

}  // namespace

std::unique_ptr<runtime::Cgroup> limit_steps(const runtime::CgroupLimits& limits, RunSettings& settings,
                                             const runtime::Runner& runner, runtime::CgroupManager manager) {
    settings.limits = limits;
    if (limits.empty() && settings.cgroup_parent.empty()) return nullptr;
    runtime::CgroupWishes wishes{settings.cgroup_parent, manager, runner.process_number(), {}};
    if (const uid_t user = runtime::invoking_user(); user != 0) wishes.user = user;
    if (settings.isolation == runtime::Isolation::oci_runtime) {
        place_for_runtime(settings, wishes);
        return nullptr;
    }
    auto cgroup = std::make_unique<runtime::Cgroup>(limits, wishes);
    settings.cgroup_folders = cgroup->folders();
    return cgroup;
}

}  // namespace builder
