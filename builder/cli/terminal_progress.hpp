// Draws what happens during a build on a terminal: steps that run, with their last lines, at the bottom; those that
// have ended in a line each above.
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "builder/cli/build_progress.hpp"
#include "builder/cli/live_region.hpp"
#include "builder/cli/recent_lines.hpp"
#include "builder/cli/transfer_bars.hpp"

namespace builder {

/// Redraws ten times a second, in one write each. What steps print whole is in the build's record. Thread-safe.
class TerminalProgress final : public BuildProgress {
public:
    /// A terminal that stays open. `explains`: steps that the cache has are told of, too.
    TerminalProgress(int descriptor, bool has_colours, bool explains);
    ~TerminalProgress() override;

    void build_started(std::size_t stages, std::size_t steps) override;
    void step_started(const StepLabel& step) override;
    void step_output(const StepLabel& step, runtime::Bytes bytes) override;
    void step_finished(const StepLabel& step, const StepResult& result) override;
    void step_failed(const StepLabel& step) override;
    void step_used(const StepLabel& step, const StepUse& use) override;
    void notice(std::string_view text) override;
    void warning(std::string_view text) override;
    void platform_started(const std::string& platform) override;
    void log_use(runtime::Fd file) override;
    void line(std::string_view text) override;
    void image_made(const MadeImage& image) override;
    void image_pushed(const std::string& name) override { line("pushed " + name); }
    std::shared_ptr<registry::TransferObserver> transfers() override;
    /// Takes the moving lines away, and says how the steps went. What comes after it is printed as it is.
    void close() override;

private:
    using Clock = std::chrono::steady_clock;
    struct Running {
        StepLabel label;
        Clock::time_point started;
        RecentLines output;
    };
    void tick();
    void draw();
    void show(const std::string& lasting);
    std::vector<std::string> region(TerminalSize size, Clock::time_point now) const;
    std::string headline(Clock::time_point now) const;
    std::string head_of(const Running& step, Clock::time_point now) const;
    std::string prefix(const StepLabel& step) const;
    std::string styled(const char* style, const std::string& text) const;
    std::optional<Running> take(const StepLabel& step);
    std::string summary() const;

    int descriptor_;
    bool has_colours_;
    bool explains_;
    std::mutex mutex_;
    LiveRegion region_;
    std::list<Running> running_;  ///< in the order in which they began
    std::shared_ptr<TransferBars> transfers_ = std::make_shared<TransferBars>();
    Clock::time_point started_ = Clock::now();
    std::string platform_;
    std::size_t stages_ = 0, steps_ = 0;
    std::size_t ended_steps_ = 0, cached_steps_ = 0, run_steps_ = 0;
    bool has_failed_ = false;
    std::set<std::string> notices_;
    bool logs_use_ = false;
    runtime::Fd use_file_;
    bool is_closed_ = true;
    std::condition_variable closing_;
    std::thread ticker_;
};

}  // namespace builder
