// Where a command that builds tells what happens: a terminal, a pipe or a file.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "builder/cli/build_progress.hpp"
#include "builder/cli/transfer_progress.hpp"
#include "runtime/sys/fd.hpp"

namespace builder {

struct BuildLogSettings {
    std::string progress;  ///< --progress
    bool is_quiet = false;
    std::string file;                     ///< --logfile; empty: none
    bool leaves_standard_output = false;  ///< something else goes there
    PipeLines lines = {};
    std::vector<std::string> notices = {};  ///< told first
    bool logs_use = false;                  ///< what each step used
    std::string use_file = {};              ///< where that goes, if it is not told among the rest
};

class BuildLog {
public:
    /// Opens the files. Throws Error.
    explicit BuildLog(const BuildLogSettings& settings);

    BuildProgress& progress() noexcept { return *progress_; }
    /// Who follows images that are copied; nothing where nobody does.
    std::shared_ptr<registry::TransferObserver> transfers() const;
    /// The lines that tell of an image that is copied; nothing on a terminal.
    std::shared_ptr<TransferProgress> copy_lines() const;

private:
    runtime::Fd file_;
    bool is_quiet_;
    std::unique_ptr<BuildProgress> progress_;
};

}  // namespace builder
