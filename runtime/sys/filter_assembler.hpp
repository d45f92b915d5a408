// Writing filters of system calls by hand, where libseccomp has no words for what is asked. seccomp(2), "Filters".
#pragma once

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstddef>
#include <cstdint>
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

/// Instructions in the order in which they are performed. Jumps name labels; distances are counted when all is there.
class FilterAssembler {
public:
    /// A place in the program. Jumps lead forward only, so they name it before it is placed. Only for the assembler
    /// that made it.
    class Label {
        friend class FilterAssembler;
        std::size_t number = 0;
    };
    Label label();
    /// The next instruction stands there.
    void place(Label label);

    void load(std::size_t offset) { put(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)); }
    /// The lower half of an argument: more is not asked of any.
    void load_argument(unsigned index) {
        constexpr std::size_t lower_half = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 4;
        load(offsetof(seccomp_data, args) + 8 * index + lower_half);
    }
    void answer(std::uint32_t action) { put(BPF_RET | BPF_K, action); }
    /// Where what was loaded equals the value, is at least it, is above it, or has a bit of it.
    void jump_if_equal(std::uint32_t value, Label to) { jump(BPF_JEQ, value, to, true); }
    void jump_unless_equal(std::uint32_t value, Label to) { jump(BPF_JEQ, value, to, false); }
    void jump_if_at_least(std::uint32_t value, Label to) { jump(BPF_JGE, value, to, true); }
    void jump_if_above(std::uint32_t value, Label to) { jump(BPF_JGT, value, to, true); }
    void jump_unless_set(std::uint32_t bits, Label to) { jump(BPF_JSET, bits, to, false); }

    /// What `body` adds is performed only where the field of the call has that value.
    template <typename Body>
    void where(std::size_t field, std::uint32_t value, Body body) {
        const Label behind = label();
        load(field);
        jump_unless_equal(value, behind);
        body();
        place(behind);
    }

    /// The program. A label behind its end is its end: whoever takes it puts something there. Throws Error where a jump
    /// names a label that was not placed, or is longer than the kernel's 255 instructions.
    std::vector<sock_filter> take();

private:
    struct Jump {
        std::size_t from;
        std::size_t label;
        bool if_so;
    };
    void put(unsigned code, std::uint32_t value) { program_.push_back({static_cast<__u16>(code), 0, 0, value}); }
    void jump(unsigned kind, std::uint32_t value, Label to, bool if_so);

    std::vector<sock_filter> program_;
    std::vector<Jump> jumps_;
    std::vector<std::size_t> places_;  ///< of labels, by their numbers
};

}  // namespace runtime
