// How a container ended and what it used, from the process that waited for it to the one who asked.
#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// What processes used. CPU time and peak are of the first process and all that it waited for.
struct ResourceUse {
    std::int64_t user_microseconds = 0;
    std::int64_t system_microseconds = 0;
    std::int64_t peak_memory_bytes = 0;  ///< the largest resident set of one process
    std::int64_t blocks_read = 0;        ///< from disks, 512 bytes each
    std::int64_t blocks_written = 0;
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(user_microseconds, system_microseconds, peak_memory_bytes, blocks_read, blocks_written);
    }
};

/// Of the calling thread so far; without a peak of memory.
ResourceUse use_of_this_thread();

struct ExitReport {
    int exit_code = 0;  ///< as a shell gives it: 128 + the signal where one ended it
    int signal = 0;
    ResourceUse use;
    std::uint64_t memory_kills = 0;           ///< in cgroups that are gone when this is read
    std::vector<std::string> cgroup_folders;  ///< made for the container; who reads the report removes what is left
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(exit_code, signal, use, memory_kills, cgroup_folders);
    }
};

/// Of what wait4(2) gave.
ExitReport make_exit_report(int status, const rusage& usage);

/// A file in memory for a report that another process writes.
Fd make_report_file();
/// Takes the place of what was written before.
void write_report(const Fd& file, ExitReport report);
/// Leaves `report` as it is where nothing was written.
void read_report(const Fd& file, ExitReport& report);

}  // namespace runtime
