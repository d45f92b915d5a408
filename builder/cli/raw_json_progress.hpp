// --progress rawjson: a build in the objects that BuildKit prints (client/graph.go, SolveStatus), for programs that
// follow builds of Docker.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "builder/cli/build_progress.hpp"

namespace builder {

/// An object a line, with any of vertexes, logs and warnings. A vertex comes again when it starts and when it is
/// completed; its digest names its stage and step in this build, nothing else. What BuildKit does not say (names of
/// images, notices) is not said.
class RawJsonProgress final : public BuildProgress {
public:
    explicit RawJsonProgress(int descriptor) : descriptor_(descriptor) {}
    void build_started(std::size_t stages, std::size_t steps) override;
    void step_started(const StepLabel& step) override;
    void step_output(const StepLabel& step, runtime::Bytes bytes) override;
    bool takes_errors_apart() const override { return true; }
    void step_errors(const StepLabel& step, runtime::Bytes bytes) override;
    void step_finished(const StepLabel& step, const StepResult& result) override;
    void step_failed(const StepLabel& step) override;
    void notice(std::string_view text) override;
    void warning(std::string_view text) override;
    void log_use(runtime::Fd) override {}
    void line(std::string_view) override {}
    void platform_started(const std::string& platform) override { platform_ = platform; }
    /// The ID is what scripts read, so it goes to standard output.
    void image_made(const MadeImage& image) override;
    void image_pushed(const std::string&) override {}
    std::shared_ptr<registry::TransferObserver> transfers() override;
    void close() override {}

private:
    struct Vertex {
        std::string digest;
        std::string name;
        std::string started;
    };
    Vertex vertex_of(const StepLabel& step);
    void print(const std::string& object);
    void log(const StepLabel& step, int stream, runtime::Bytes bytes);
    void complete(const StepLabel& step, bool is_cached, const std::string& error);
    void warn(std::string_view text);

    int descriptor_;
    std::mutex mutex_;
    std::size_t stages_ = 0;
    std::string platform_;
    std::map<std::pair<std::size_t, std::size_t>, Vertex> vertexes_;  ///< by stage and step
    std::set<std::string, std::less<>> notices_;
};

}  // namespace builder
