// What a runner is told when it starts, and how it answers.
#pragma once

#include <cstdint>

namespace runtime {

/// The first packet on the control socket, packed.
struct RunnerStart {
    bool has_mounts = true;  ///< it has a mount namespace of its own; without one it makes emulated containers only
    bool keeps_modes_aside = false;  ///< see keep_modes_aside()
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(has_mounts, keeps_modes_aside);
    }
};

/// Where the runner finds the control socket. All else from 3 on is closed.
constexpr int runner_control = 3;

/// The first packet from the new process: one byte, and behind it the errno where the program could not be executed.
enum class RunnerGreeting : char { ready = 'R', not_executed = 'E' };

}  // namespace runtime
