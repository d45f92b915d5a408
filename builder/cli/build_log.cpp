#include "builder/cli/build_log.hpp"

#include <unistd.h>

#include <filesystem>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/output_place.hpp"

namespace builder {
namespace {

runtime::Fd open_log(const std::string& file) {
    if (file.empty()) return runtime::Fd();
    const std::string folder = std::filesystem::path(file).parent_path().string();
    if (!folder.empty() && ::access(folder.c_str(), F_OK) != 0)
        throw runtime::SystemError("opening log file: open {}", file);
    return runtime::open_output(file, O_TRUNC | O_APPEND);
}

}  // namespace

BuildLog::BuildLog(const BuildLogSettings& settings) : file_(open_log(settings.file)), is_quiet_(settings.is_quiet) {
    const int otherwise = settings.leaves_standard_output ? STDERR_FILENO : STDOUT_FILENO;
    progress_ = make_progress(settings.progress, settings.is_quiet, file_ ? file_.get() : otherwise, settings.lines);
    for (const std::string& notice : settings.notices) progress_->notice(notice);
    if (!settings.use_file.empty())
        progress_->log_use(runtime::open_output(settings.use_file, O_APPEND));
    else if (settings.logs_use)
        progress_->log_use(runtime::Fd());
}

std::shared_ptr<registry::TransferObserver> BuildLog::transfers() const {
    if (auto own = progress_->transfers()) return own;
    return copy_lines();
}

std::shared_ptr<TransferProgress> BuildLog::copy_lines() const {
    if (!file_ && ::isatty(STDERR_FILENO) == 1) return nullptr;
    return make_transfer_progress(is_quiet_, file_ ? file_.get() : STDERR_FILENO);
}

}  // namespace builder
