// A build in a pipe or a file: the lines that scripts for Buildah look for.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "builder/cli/build_progress.hpp"
#include "builder/cli/held_text.hpp"

namespace builder {

/// Stages run beside each other, but their lines come in the order of the file: what a stage prints while an earlier
/// one is not done yet waits on disk. A stage that fails prints what belongs to it at once.
class PipeProgress final : public BuildProgress {
public:
    /// Writes to a descriptor that stays open.
    PipeProgress(int descriptor, PipeLines lines);
    ~PipeProgress() override;
    void platform_started(const std::string& platform) override;
    void build_started(std::size_t, std::size_t) override {}
    void stages_planned(const std::vector<PlannedStage>& stages) override;
    void stage_finished(std::size_t stage, const std::string& digits) override;
    void step_started(const StepLabel& step) override;
    void step_output(const StepLabel& step, runtime::Bytes bytes) override;
    bool takes_errors_apart() const override { return has_errors_apart_; }
    void step_errors(const StepLabel& step, runtime::Bytes bytes) override;
    void step_finished(const StepLabel& step, const StepResult& result) override;
    void step_kept(const StepLabel& step, const std::string& id, bool was_known) override;
    void step_failed(const StepLabel& step) override;
    void step_used(const StepLabel& step, const StepUse& use) override;
    void notice(std::string_view text) override;
    void warning(std::string_view text) override;
    void arguments_unused(std::string_view text) override;
    void log_use(runtime::Fd file) override;
    void line(std::string_view text) override;
    void image_made(const MadeImage& image) override;
    void image_pushed(const std::string& name) override;
    void close() override;

private:
    std::string prefix(std::size_t stage) const;
    void print(std::string_view text);
    void print_for(std::size_t stage, std::string_view text);
    void show_held(std::size_t stage);
    void show_ready();

    int descriptor_;
    PipeLines lines_;
    std::mutex mutex_;
    std::string platform_;              ///< "[linux/arm64] ", or empty
    std::size_t target_ = 0;            ///< the index of the last stage
    std::set<std::size_t> bases_;       ///< stages that others begin with
    std::set<std::size_t> unfinished_;  ///< the first of them prints
    bool has_errors_apart_ = false;     ///< standard error is another file than the lines go to
    std::map<std::size_t, HeldText> held_;
    std::map<std::size_t, HeldText> held_errors_;
    bool last_step_was_cached_ = false;  ///< of the target
    bool ends_line_ = true;              ///< what was printed
    bool has_failed_ = false;
    std::string unused_arguments_;
    std::set<std::string, std::less<>> notices_;
    bool logs_use_ = false;
    runtime::Fd use_file_;
};

}  // namespace builder
