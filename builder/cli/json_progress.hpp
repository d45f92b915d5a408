// A build as JSON, an object a line, for programs that follow it.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "builder/cli/build_progress.hpp"
#include "builder/cli/json_transfers.hpp"

namespace builder {

/// Each object has the name of its event: build, step_started, step_output, step_finished, step_failed, step_used,
/// notice, warning, line, image, pushed, and those of JsonTransfers. Bytes of output that are no UTF-8 are replaced.
class JsonProgress final : public BuildProgress {
public:
    explicit JsonProgress(int descriptor);
    void build_started(std::size_t stages, std::size_t steps) override;
    void step_started(const StepLabel& step) override;
    void step_output(const StepLabel& step, runtime::Bytes bytes) override;
    void step_finished(const StepLabel& step, const StepResult& result) override;
    void step_failed(const StepLabel& step) override;
    void step_used(const StepLabel& step, const StepUse& use) override;
    void notice(std::string_view text) override;
    void warning(std::string_view text) override;
    void log_use(runtime::Fd file) override;
    void line(std::string_view text) override;
    void image_made(const MadeImage& image) override;
    void image_pushed(const std::string& name) override;
    std::shared_ptr<registry::TransferObserver> transfers() override { return transfers_; }
    void close() override {}

private:
    void print(const std::string& object);
    void print_output(const StepLabel& step, const std::string& text);
    void print_rest(const StepLabel& step);
    int descriptor_;
    std::shared_ptr<JsonTransfers> transfers_;  ///< does not outlive this
    std::mutex mutex_;
    std::set<std::string, std::less<>> notices_;
    std::map<std::pair<std::size_t, std::size_t>, std::string> rests_;  ///< of cut characters, by stage and step
    runtime::Fd use_file_;
};

}  // namespace builder
