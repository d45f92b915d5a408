// Writing filters of system calls by hand, where libseccomp has no words for what is asked. seccomp(2), "Filters".
#pragma once

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace runtime {

/// What the kernel calls this machine.
#if defined(__x86_64__)
inline constexpr std::uint32_t own_machine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
inline constexpr std::uint32_t own_machine = AUDIT_ARCH_AARCH64;
#elif defined(__riscv) && __riscv_xlen == 64
inline constexpr std::uint32_t own_machine = AUDIT_ARCH_RISCV64;
#elif defined(__s390x__)
inline constexpr std::uint32_t own_machine = AUDIT_ARCH_S390X;
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
inline constexpr std::uint32_t own_machine = AUDIT_ARCH_PPC64LE;
#else
#error "the architecture has no name for filters of system calls here"
#endif

/// Instructions in the order in which they are performed.
class FilterAssembler {
public:
    void load(std::size_t offset) { put(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)); }
    /// The lower half of an argument: more is not asked of any.
    void load_argument(unsigned index) {
        constexpr std::size_t lower_half = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 4;
        load(offsetof(seccomp_data, args) + 8 * index + lower_half);
    }
    void answer(std::uint32_t action) { put(BPF_RET | BPF_K, action); }
    /// Skips so many instructions where what was loaded equals the value, is at least it, or has a bit of it.
    void skip_if_equal(std::uint32_t value, unsigned count) { jump(BPF_JEQ, value, count, 0); }
    void skip_unless_equal(std::uint32_t value, unsigned count) { jump(BPF_JEQ, value, 0, count); }
    void skip_if_at_least(std::uint32_t value, unsigned count) { jump(BPF_JGE, value, count, 0); }
    void skip_if_above(std::uint32_t value, unsigned count) { jump(BPF_JGT, value, count, 0); }
    void skip_unless_set(std::uint32_t bits, unsigned count) { jump(BPF_JSET, bits, 0, count); }
    std::vector<sock_filter> take() { return std::move(program_); }

private:
    void put(unsigned code, std::uint32_t value) { program_.push_back({static_cast<__u16>(code), 0, 0, value}); }
    void jump(unsigned kind, std::uint32_t value, unsigned if_so, unsigned if_not) {
        program_.push_back(
            {static_cast<__u16>(BPF_JMP | kind | BPF_K), static_cast<__u8>(if_so), static_cast<__u8>(if_not), value});
    }
    std::vector<sock_filter> program_;
};

/// Puts another program behind this one.
inline void append(std::vector<sock_filter>& program, const std::vector<sock_filter>& other) {
    program.insert(program.end(), other.begin(), other.end());
}

/// Adds a program that is gone through only where the field of the call has that value.
inline void add_where(std::vector<sock_filter>& program, std::size_t field, std::uint32_t value,
                      const std::vector<sock_filter>& body) {
    FilterAssembler assembler;
    assembler.load(field);
    assembler.skip_unless_equal(value, static_cast<unsigned>(body.size()));
    append(program, assembler.take());
    append(program, body);
}

}  // namespace runtime
