#include "builder/cli/on_error.hpp"

#include <unistd.h>

#include <iostream>

#include "builder/containers/failed_container.hpp"
#include "builder/images/local_images.hpp"
#include "builder/steps/failed_step.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/harmless.hpp"

namespace builder {
namespace {

void open_shell(FailedBuild& failed, const ResumePoint&) {
    std::cerr << "the command of this step failed: " << runtime::harmless(failed.step.label.text)
              << "\nThis shell sees what it saw, and what it left. Changes are thrown away; exit ends the build.\n";
    run_shell(failed);
}

void keep(FailedBuild& failed, const ResumePoint& how_started) {
    const StepLabel label = failed.step.label;
    ResumePoint point = how_started;
    point.stage = label.stage;
    point.step = label.number;
    point.text = label.text;
    point.platform = layers::format_platform(platform_of(failed.step.state.config));
    const layers::ContainerRecord container = keep_failed(failed);
    WorkingContainer(failed.store, container.id).change_state([&](ContainerState& state) {
        note_resume_point(point, state);
    });
    std::cerr << fmt::format(
        "the failed step is kept as the working container {0}: builder run -t {0} sh looks at it, builder debug resume "
        "{0} goes on with the build, builder rm {0} removes it\n",
        container.name);
}

}  // namespace

std::function<void(FailedBuild&)> on_error_handler(const std::string& wanted, std::function<void()> close_progress,
                                                   ResumePoint how_started) {
    void (*act)(FailedBuild&, const ResumePoint&) = nullptr;
    if (wanted == "shell") {
        if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDERR_FILENO) != 1)
            throw runtime::Error("--on-error=shell needs a terminal")
                .with_hint("--on-error=keep makes a working container of the failed step");
        act = open_shell;
    } else if (wanted == "keep") {
        act = keep;
    } else if (wanted != "fail") {
        throw runtime::Error("--on-error takes fail, shell or keep, not {}", runtime::quoted(wanted));
    } else {
        return nullptr;
    }
    return
        [act, close_progress = std::move(close_progress), how_started = std::move(how_started)](FailedBuild& failed) {
            close_progress();
            act(failed, how_started);
        };
}

}  // namespace builder
