#include "builder/containers/failed_container.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "builder/containers/container_mount.hpp"
#include "builder/containers/working_container.hpp"
#include "builder/steps/failed_step.hpp"
#include "runtime/base/error.hpp"
#include "runtime/container/runner/attachment.hpp"

namespace builder {
namespace {

using runtime::SystemError;

/// SHELL's program, which knows the command's language; else that of the image.
std::string shell_of(const StageState& state) {
    const auto& words = state.config.config.shell;
    return words.empty() ? "/bin/sh" : words.front();
}

/// A file that shells read their history from (busybox, bash).
void add_history(RunRequest& request, const std::string& command) {
    if (!request.script_name.empty()) return;
    request.script_name = "history";
    request.script_content = command + "\n";
    request.environment.emplace_back("HISTFILE=/dev/pipes/history");
}

}  // namespace

void run_shell(FailedBuild& failed) {
    RunRequest request = std::move(failed.request);
    request.arguments = {shell_of(failed.step.state)};
    request.terminal = true;
    const char* const terminal = std::getenv("TERM");
    request.environment.push_back(fmt::format("TERM={}", terminal != nullptr ? terminal : "xterm"));
    add_history(request, failed.step.command);
    const layers::StagedLayer& staged = failed.step.staged;
    make_fresh_work_folder(staged.work_path());
    runtime::Attachment attachment;
    const RunResult result = failed.commands.run_attached(
        std::move(request), {staged.diff_path(), staged.work_path(), state_of_upper(staged.diff())}, attachment);
    if (!result.container.started)
        throw runtime::Error("cannot start a shell in the failed step: {}", result.container.failure)
            .with_hint(result.container.hint);
}

layers::ContainerRecord keep_failed(FailedBuild& failed) {
    const KeptImage image = failed.keep_image(failed.step.state);
    const auto record = failed.store.images().find(layers::Digest::parse("sha256:" + image.id));
    if (!record) throw runtime::Error("the image of the stage before the failed step is gone");
    layers::NewContainer wanted;
    wanted.name = failed.step.label.stage_name + "-failed";
    wanted.image_id = record->id;
    wanted.state = write_container_state(state_of_base(record, ""));
    const layers::ContainerRecord container = failed.store.containers().add(wanted);
    // Nobody else knows the container yet, and its own folder is empty.
    const std::string place = container.diff_path();
    if (::rmdir(place.c_str()) == 0 && ::rename(failed.step.staged.diff_path().c_str(), place.c_str()) == 0)
        return container;
    const SystemError error("cannot keep the files of the failed step in {}", runtime::quoted(place));
    failed.store.containers().remove(container);
    throw error;
}

}  // namespace builder
