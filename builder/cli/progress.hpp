// Tells what happens during a build in plain lines, or in the same with colours: each line as it comes, with its stage
// and step, and the seconds since the step began.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "builder/cli/build_progress.hpp"
#include "builder/cli/output_lines.hpp"

namespace builder {

enum class ProgressMode { plain, coloured, quiet };

class Progress final : public BuildProgress {
public:
    /// Writes to a descriptor that stays open.
    Progress(ProgressMode mode, int descriptor);
    ~Progress() override;
    void build_started(std::size_t stages, std::size_t steps) override;
    void step_started(const StepLabel& step) override;
    void step_output(const StepLabel& step, runtime::Bytes bytes) override;
    /// In quiet mode what steps say on standard error is all that is shown of them.
    bool takes_errors_apart() const override { return mode_ == ProgressMode::quiet; }
    void step_errors(const StepLabel& step, runtime::Bytes bytes) override;
    void step_finished(const StepLabel& step, const StepResult& result) override;
    void step_failed(const StepLabel& step) override;
    void step_used(const StepLabel& step, const StepUse& use) override;
    void notice(std::string_view text) override;
    void warning(std::string_view text) override;
    void log_use(runtime::Fd file) override;
    /// Not printed in quiet mode.
    void line(std::string_view text) override;
    void image_made(const MadeImage& image) override;
    void image_pushed(const std::string& name) override { line("pushed " + name); }
    void close() override;

private:
    using Clock = std::chrono::steady_clock;
    bool is_log() const noexcept;
    std::string prefix(const StepLabel& step) const;
    std::string output_prefix(const StepLabel& step);
    void print(const std::string& text);
    std::string new_line();
    std::string end_of_output(const StepLabel& step);

    ProgressMode mode_;
    int descriptor_;
    std::mutex mutex_;
    std::size_t stages_ = 0;
    std::set<std::string> notices_;
    OutputLines lines_;
    std::map<OutputLines::Step, Clock::time_point> started_;
    bool logs_use_ = false;
    runtime::Fd use_file_;
};

}  // namespace builder
