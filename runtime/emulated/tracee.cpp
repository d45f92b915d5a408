#include "runtime/emulated/tracee.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>

#include <algorithm>
#include <cstring>

#include "runtime/emulated/refusal.hpp"

#ifdef __x86_64__

namespace runtime::emulated {
namespace {

constexpr std::uint64_t red_zone_bytes = 128;
constexpr std::uint64_t no_call = ~std::uint64_t{0};

/// Makes the calls of a table on the stack, seven words each, until its end, and stops. Results go to the first word.
///   start: pop %rax; cmp $-1,%eax; je end; pop %rdi; pop %rsi; pop %rdx; pop %r10; pop %r8; pop %r9
///          syscall; mov %rax,-56(%rsp); jmp start
///   end:   int3
constexpr std::array<unsigned char, 32> stub = {0x58, 0x83, 0xf8, 0xff, 0x74, 0x12, 0x5f, 0x5e, 0x5a, 0x41, 0x5a,
                                                0x41, 0x58, 0x41, 0x59, 0x0f, 0x05, 0x48, 0x89, 0x44, 0x24, 0xc8,
                                                0xeb, 0xe8, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc};
constexpr std::size_t words_of_call = 7;

user_regs_struct registers_of(pid_t thread) {
    user_regs_struct registers{};
    checked(::ptrace(PTRACE_GETREGS, thread, nullptr, &registers));
    return registers;
}

void set_registers(pid_t thread, user_regs_struct registers) {
    checked(::ptrace(PTRACE_SETREGS, thread, nullptr, &registers));
}

std::array<unsigned char, 32> swap_code(pid_t thread, std::uint64_t address,
                                        const std::array<unsigned char, 32>& code) {
    std::array<unsigned char, 32> before{};
    for (std::size_t at = 0; at < code.size(); at += sizeof(long)) {
        errno = 0;
        const long word = ::ptrace(PTRACE_PEEKTEXT, thread, address + at, nullptr);
        if (errno != 0) throw Refusal{errno};
        std::memcpy(before.data() + at, &word, sizeof word);
        long put = 0;
        std::memcpy(&put, code.data() + at, sizeof put);
        checked(::ptrace(PTRACE_POKETEXT, thread, address + at, put));
    }
    return before;
}

}  // namespace

bool can_trace_here() noexcept {
    return true;
}

ExecRegisters Tracee::exec_registers() const {
    const user_regs_struct registers = registers_of(thread_);
    if (registers.orig_rax == SYS_execve) return {AT_FDCWD, registers.rdi, registers.rsi, registers.rdx, 0};
    return {static_cast<int>(registers.rdi), registers.rsi, registers.rdx, registers.r10,
            static_cast<int>(registers.r8)};
}

void Tracee::refuse(int number) const {
    user_regs_struct registers = registers_of(thread_);
    registers.orig_rax = no_call;
    registers.rax = static_cast<unsigned long long>(-static_cast<long long>(number));
    set_registers(thread_, registers);
}

void Tracee::change_exec(const std::string& path,
                         const std::optional<std::vector<std::string>>& first_arguments) const {
    const ExecRegisters given = exec_registers();
    user_regs_struct registers = registers_of(thread_);
    // Below what the thread may still use of its stack.
    std::uint64_t top = registers.rsp - red_zone_bytes;
    const auto put = [&](const void* bytes, std::size_t size) {
        top = (top - size) & ~std::uint64_t{15};
        memory_.write(top, bytes, size);
        return top;
    };
    std::uint64_t arguments = given.arguments;
    if (first_arguments) {
        std::vector<std::uint64_t> addresses;
        for (const std::string& text : *first_arguments) addresses.push_back(put(text.c_str(), text.size() + 1));
        std::vector<std::uint64_t> others = memory_.read_addresses(given.arguments);
        if (!others.empty()) addresses.insert(addresses.end(), others.begin() + 1, others.end());
        addresses.push_back(0);
        arguments = put(addresses.data(), addresses.size() * sizeof(std::uint64_t));
    }
    registers.orig_rax = SYS_execve;
    registers.rax = static_cast<unsigned long long>(-ENOSYS);
    registers.rdi = put(path.c_str(), path.size() + 1);
    registers.rsi = arguments;
    registers.rdx = given.environment;
    set_registers(thread_, registers);
}

std::vector<std::uint64_t> Tracee::save() const {
    const user_regs_struct registers = registers_of(thread_);
    std::vector<std::uint64_t> saved(sizeof registers / sizeof(std::uint64_t));
    std::memcpy(saved.data(), &registers, sizeof registers);
    return saved;
}

void Tracee::restore_after_call(const std::vector<std::uint64_t>& saved) const {
    const user_regs_struct now = registers_of(thread_);
    user_regs_struct registers{};
    std::memcpy(&registers, saved.data(), sizeof registers);
    registers.rax = now.rax;
    registers.rip = now.rip;
    set_registers(thread_, registers);
}

FreshProgram::FreshProgram(pid_t thread) : memory_(thread), stack_(registers_of(thread).rsp) {
    const auto count = memory_.value<std::uint64_t>(stack_);
    const std::uint64_t environment = stack_ + 8 * (count + 2);
    address_ = environment + 8 * (memory_.read_addresses(environment).size() + 1);
    for (std::uint64_t at = address_;; at += 16) {
        const auto pair = memory_.value<std::array<std::uint64_t, 2>>(at);
        values_.insert(values_.end(), pair.begin(), pair.end());
        if (pair[0] == AT_NULL) return;
    }
}

std::uint64_t FreshProgram::value(std::uint64_t type) const {
    for (std::size_t i = 0; i < values_.size(); i += 2)
        if (values_[i] == type) return values_[i + 1];
    return 0;
}

void FreshProgram::set(std::uint64_t type, std::uint64_t value) {
    for (std::size_t i = 0; i < values_.size(); i += 2)
        if (values_[i] == type) values_[i + 1] = value;
}

void FreshProgram::set_called(const std::string& path) {
    const std::uint64_t address = value(AT_EXECFN);
    if (address == 0 || memory_.read_text(address).size() < path.size()) return;
    memory_.write(address, path.c_str(), path.size() + 1);
}

void FreshProgram::write() const {
    memory_.write(address_, values_.data(), values_.size() * sizeof(std::uint64_t));
}

Injection::Injection(pid_t thread) : thread_(thread), memory_(thread) {}

std::uint64_t Injection::argument_address(std::size_t call, std::size_t argument) const noexcept {
    return table_ + 8 * (words_of_call * call + 1 + argument);
}

std::vector<std::int64_t> Injection::run(const std::vector<InjectedCall>& calls, const std::function<void()>& go_on) {
    const user_regs_struct before = registers_of(thread_);
    std::vector<std::uint64_t> table;
    for (const InjectedCall& call : calls) {
        table.push_back(call.number);
        table.insert(table.end(), call.arguments.begin(), call.arguments.end());
    }
    table.push_back(no_call);
    table_ = (before.rsp - red_zone_bytes - table.size() * 8) & ~std::uint64_t{15};
    memory_.write(table_, table.data(), table.size() * 8);
    const auto code = swap_code(thread_, before.rip, stub);
    user_regs_struct changed = before;
    changed.rsp = table_;
    set_registers(thread_, changed);
    go_on();
    swap_code(thread_, before.rip, code);
    set_registers(thread_, before);
    memory_.read(table_, table.data(), table.size() * 8);
    std::vector<std::int64_t> results;
    for (std::size_t i = 0; i < calls.size(); ++i)
        results.push_back(static_cast<std::int64_t>(table[words_of_call * i]));
    return results;
}

}  // namespace runtime::emulated

#else

// Nobody comes here where containers cannot be emulated.
namespace runtime::emulated {

bool can_trace_here() noexcept {
    return false;
}

ExecRegisters Tracee::exec_registers() const {
    throw Refusal{ENOSYS};
}

void Tracee::refuse(int) const {
    throw Refusal{ENOSYS};
}

void Tracee::change_exec(const std::string&, const std::optional<std::vector<std::string>>&) const {
    throw Refusal{ENOSYS};
}

std::vector<std::uint64_t> Tracee::save() const {
    throw Refusal{ENOSYS};
}

void Tracee::restore_after_call(const std::vector<std::uint64_t>&) const {
    throw Refusal{ENOSYS};
}

FreshProgram::FreshProgram(pid_t thread) : memory_(thread) {
    throw Refusal{ENOSYS};
}

std::uint64_t FreshProgram::value(std::uint64_t) const {
    return 0;
}

void FreshProgram::set(std::uint64_t, std::uint64_t) {}
void FreshProgram::set_called(const std::string&) {}
void FreshProgram::write() const {}

Injection::Injection(pid_t thread) : thread_(thread), memory_(thread) {}

std::uint64_t Injection::argument_address(std::size_t, std::size_t) const noexcept {
    return 0;
}

std::vector<std::int64_t> Injection::run(const std::vector<InjectedCall>&, const std::function<void()>&) {
    throw Refusal{ENOSYS};
}

}  // namespace runtime::emulated

#endif
