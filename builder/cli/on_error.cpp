#include "builder/cli/on_error.hpp"

#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "builder/containers/failed_container.hpp"
#include "builder/steps/failed_step.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/harmless.hpp"

namespace builder {
namespace {

void open_shell(FailedBuild& failed, const Words&) {
    std::cerr << "the command of this step failed: " << runtime::harmless(failed.step.label.text)
              << "\nThis shell sees what it saw, and what it left. Changes are thrown away; exit ends the build.\n";
    run_shell(failed);
}

void keep(FailedBuild& failed, const Words& command_line) {
    const StepLabel label = failed.step.label;
    const layers::ContainerRecord container = keep_failed(failed);
    WorkingContainer(failed.store, container.id).change_state([&](ContainerState& state) {
        note_resume_point({command_line, std::filesystem::current_path().string(), label.stage, label.number}, state);
    });
    std::cerr << fmt::format(
        "the failed step is kept as the working container {0}: builder run -t {0} sh looks at it, builder debug resume "
        "{0} goes on with the build, builder rm {0} removes it\n",
        container.name);
}

}  // namespace

std::function<void(FailedBuild&)> on_error_handler(const std::string& wanted, std::function<void()> close_progress,
                                                   Words command_line) {
    void (*act)(FailedBuild&, const Words&) = nullptr;
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
        [act, close_progress = std::move(close_progress), command_line = std::move(command_line)](FailedBuild& failed) {
            close_progress();
            act(failed, command_line);
        };
}

}  // namespace builder
