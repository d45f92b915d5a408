// Runs a filter of system calls as the kernel does.
#pragma once

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstdint>
#include <cstring>
#include <vector>

namespace runtime {

/// What run_filter() gives where the program ends without an answer.
inline constexpr std::uint32_t goes_on = 0x12345678;

inline std::uint32_t run_filter(const std::vector<sock_filter>& program, const seccomp_data& data) {
    std::uint32_t loaded = 0;
    for (std::size_t at = 0; at < program.size(); ++at) {
        const sock_filter& one = program[at];
        if (one.code == (BPF_LD | BPF_W | BPF_ABS))
            std::memcpy(&loaded, reinterpret_cast<const char*>(&data) + one.k, sizeof loaded);
        else if (one.code == (BPF_RET | BPF_K))
            return one.k;
        else if (one.code == (BPF_JMP | BPF_JEQ | BPF_K))
            at += loaded == one.k ? one.jt : one.jf;
        else if (one.code == (BPF_JMP | BPF_JGE | BPF_K))
            at += loaded >= one.k ? one.jt : one.jf;
        else if (one.code == (BPF_JMP | BPF_JGT | BPF_K))
            at += loaded > one.k ? one.jt : one.jf;
        else if (one.code == (BPF_JMP | BPF_JSET | BPF_K))
            at += (loaded & one.k) != 0 ? one.jt : one.jf;
        else
            ADD_FAILURE() << "an unknown instruction " << one.code;
    }
    return goes_on;
}

}  // namespace runtime
