#include "runtime/sys/neighbour_filter.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>

#include <cerrno>
#include <string_view>

#include "runtime/sys/filter_assembler.hpp"
#include "runtime/sys/seccomp.hpp"

namespace runtime {
namespace {

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
void refuse_limits_of_others(FilterAssembler& filter) {
    constexpr std::size_t new_limits = offsetof(seccomp_data, args) + 8 * 2;
    const auto refused = filter.label(), passes = filter.label();
    filter.load_argument(0);
    filter.jump_if_equal(0, passes);
    filter.load(new_limits);
    filter.jump_unless_equal(0, refused);
    filter.load(new_limits + 4);
    filter.jump_if_equal(0, passes);
    filter.place(refused);
    filter.answer(refusal);
    filter.place(passes);
}

void refuse_whole_users(FilterAssembler& filter, std::uint32_t kind) {
    const auto passes = filter.label();
    filter.load_argument(0);
    filter.jump_unless_equal(kind, passes);
    filter.answer(refusal);
    filter.place(passes);
}

void filter_calls(FilterAssembler& filter, const Calls& calls) {
    constexpr std::size_t number = offsetof(seccomp_data, nr);
    filter.where(number, calls.prlimit, [&] { refuse_limits_of_others(filter); });
    filter.where(number, calls.setpriority, [&] { refuse_whole_users(filter, PRIO_USER); });
    filter.where(number, calls.ioprio_set, [&] { refuse_whole_users(filter, whole_user_of_ioprio); });
}

}  // namespace

std::vector<sock_filter> neighbour_filter() {
    constexpr std::size_t machine = offsetof(seccomp_data, arch);
    FilterAssembler filter;
#if defined(__x86_64__)
    constexpr Calls i386_calls{340, 97, 289};
    filter.where(machine, AUDIT_ARCH_I386, [&] { filter_calls(filter, i386_calls); });
#endif
    filter.where(machine, own_machine, [&] {
        filter_calls(filter, {SYS_prlimit64, SYS_setpriority, SYS_ioprio_set});
#if defined(__x86_64__)
        constexpr std::uint32_t x32_bit = 0x40000000;
        filter_calls(filter, {x32_bit | SYS_prlimit64, x32_bit | SYS_setpriority, x32_bit | SYS_ioprio_set});
#endif
    });
    filter.answer(SECCOMP_RET_ALLOW);
    return filter.take();
}

void spare_neighbours() {
    const std::vector<sock_filter> filter = neighbour_filter();
    install_seccomp({reinterpret_cast<const char*>(filter.data()), filter.size() * sizeof(sock_filter)});
}

}  // namespace runtime
