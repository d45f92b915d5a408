// Asks to be traced by its parent, gets a signal, and goes on. usage: asks [exec|end|trap]
#include <sys/ptrace.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <cstring>

static volatile sig_atomic_t handled = 0;

int main(int count, char** words) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) return std::perror("it may not ask"), 1;
    if (count > 1 && std::strcmp(words[1], "end") == 0) {
        raise(SIGUSR1);
        return 0;
    }
    if (count > 1 && std::strcmp(words[1], "trap") == 0) {
        // What debuggers use is a signal as any other to one that nobody traces.
        signal(SIGTRAP, [](int) { handled = 1; });
        raise(SIGTRAP);
        std::puts(handled ? "trap-handled" : "trap-lost");
        return 0;
    }
    if (count > 1) execl(words[0], words[0], static_cast<char*>(nullptr));
    signal(SIGUSR1, [](int) { handled = 1; });
    raise(SIGUSR1);
    std::puts(handled ? "asked-handled-went-on" : "not handled");
    return 0;
}
