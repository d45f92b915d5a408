#include "runtime/container/exit_report.hpp"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/error.hpp"
#include "runtime/base/pack.hpp"
#include "runtime/sys/file.hpp"

namespace runtime {
namespace {

std::int64_t microseconds(const timeval& time) {
    return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
}

ResourceUse make_use(const rusage& usage) {
    ResourceUse use;
    use.user_microseconds = microseconds(usage.ru_utime);
    use.system_microseconds = microseconds(usage.ru_stime);
    use.blocks_read = usage.ru_inblock;
    use.blocks_written = usage.ru_oublock;
    return use;
}

}  // namespace

ResourceUse use_of_this_thread() {
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return make_use(usage);
}

ExitReport make_exit_report(int status, const rusage& usage) {
    ExitReport report;
    report.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    report.exit_code = report.signal != 0 ? 128 + report.signal : WEXITSTATUS(status);
    report.use = make_use(usage);
    report.use.peak_memory_bytes = std::int64_t{usage.ru_maxrss} * 1024;
    return report;
}

Fd make_report_file() {
    Fd file(::memfd_create("exit-report", MFD_CLOEXEC));
    if (!file) throw SystemError("cannot make a memory file");
    return file;
}

void write_report(const Fd& file, ExitReport report) {
    PackWriter writer;
    writer(report);
    if (::ftruncate(file.get(), 0) != 0 || ::lseek(file.get(), 0, SEEK_SET) != 0)
        throw SystemError("cannot write a memory file");
    write_all(file, writer.bytes(), "a memory file");
}

void read_report(const Fd& file, ExitReport& report) {
    ::lseek(file.get(), 0, SEEK_SET);
    const std::string bytes = read_file(file, "a memory file");
    if (!bytes.empty()) PackReader{bytes}(report);
}

}  // namespace runtime
