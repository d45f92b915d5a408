// --log-limit: how much is shown of what a step prints.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

#include "builder/engine/record/forwarding_observer.hpp"

namespace builder {

/// Passes events on, but of the output of each step only the first bytes. Where there was more, a line at the end of
/// the step says how much.
class LimitedOutput final : public ForwardingObserver {
public:
    LimitedOutput(BuildObserver& observer, std::uint64_t most_bytes)
        : ForwardingObserver(observer), most_bytes_(most_bytes) {}

    void step_output(const StepLabel& step, runtime::Bytes bytes) override;
    void step_errors(const StepLabel& step, runtime::Bytes bytes) override;
    void step_finished(const StepLabel& step, const StepResult& result) override;
    void step_failed(const StepLabel& step) override;

private:
    struct Count {
        std::uint64_t seen_bytes = 0;
        bool ends_line = true;  ///< what was shown
    };
    runtime::Bytes within_limit(const StepLabel& step, runtime::Bytes bytes);
    void tell_left_out(const StepLabel& step);

    std::uint64_t most_bytes_;
    std::mutex mutex_;
    std::map<std::pair<std::size_t, std::size_t>, Count> counts_;  ///< by stage and step
};

}  // namespace builder
