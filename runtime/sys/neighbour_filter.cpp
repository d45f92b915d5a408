#include "runtime/sys/neighbour_filter.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>

#include <cerrno>
#include <string_view>

#include "runtime/sys/filter_assembler.hpp"
#include "runtime/sys/seccomp.hpp"

namespace runtime {
namespace {

using Program = std::vector<sock_filter>;

constexpr std::uint32_t refusal = SECCOMP_RET_ERRNO | EPERM;
/// ioprio_set(2); no header has it.
constexpr std::uint32_t whole_user_of_ioprio = 3;

/// The numbers of the calls in one way to call the kernel.
struct Calls {
    std::uint32_t prlimit;
    std::uint32_t setpriority;
    std::uint32_t ioprio_set;
};

/// Of another process limits can only be asked. An address is all of its 64 bits.
Program no_limits_of_others() {
    constexpr std::size_t new_limits = offsetof(seccomp_data, args) + 8 * 2;
    FilterAssembler assembler;
    assembler.load_argument(0);
    assembler.skip_if_equal(0, 5);
    assembler.load(new_limits);
    assembler.skip_unless_equal(0, 2);
    assembler.load(new_limits + 4);
    assembler.skip_if_equal(0, 1);
    assembler.answer(refusal);
    return assembler.take();
}

Program not_for_whole_users(std::uint32_t kind) {
    FilterAssembler assembler;
    assembler.load_argument(0);
    assembler.skip_unless_equal(kind, 1);
    assembler.answer(refusal);
    return assembler.take();
}

void add_calls(Program& program, const Calls& calls) {
    constexpr std::size_t number = offsetof(seccomp_data, nr);
    add_where(program, number, calls.prlimit, no_limits_of_others());
    add_where(program, number, calls.setpriority, not_for_whole_users(PRIO_USER));
    add_where(program, number, calls.ioprio_set, not_for_whole_users(whole_user_of_ioprio));
}

}  // namespace

Program neighbour_filter() {
    constexpr std::size_t machine = offsetof(seccomp_data, arch);
    Program own;
    add_calls(own, {SYS_prlimit64, SYS_setpriority, SYS_ioprio_set});
    Program whole;
#if defined(__x86_64__)
    constexpr std::uint32_t x32_bit = 0x40000000;
    add_calls(own, {x32_bit | SYS_prlimit64, x32_bit | SYS_setpriority, x32_bit | SYS_ioprio_set});
    Program other;
    // prlimit64, setpriority and ioprio_set of i386.
    add_calls(other, {340, 97, 289});
    add_where(whole, machine, AUDIT_ARCH_I386, other);
#endif
    add_where(whole, machine, own_machine, own);
    FilterAssembler end;
    end.answer(SECCOMP_RET_ALLOW);
    append(whole, end.take());
    return whole;
}

void spare_neighbours() {
    const Program filter = neighbour_filter();
    install_seccomp({reinterpret_cast<const char*>(filter.data()), filter.size() * sizeof(sock_filter)});
}

}  // namespace runtime
