// A program that needs a loader checks that all is as the kernel makes it: memory, names, the values of getauxval(3),
// new processes and threads that become other programs. Exit status 9, with a line for each thing that is not right.
#include <elf.h>
#include <link.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

static char cleared[100000];
static int filled = 1;
static thread_local int of_thread = 42;

static void require(bool holds, const char* what) {
    if (!holds) std::printf("wrong: %s\n", what);
}

static void* become(void*) {
    execl("/proc/self/exe", "again", "by-thread", nullptr);
    return nullptr;
}

static void check_processes() {
    pid_t child = 0;
    char* words[] = {const_cast<char*>("bash"), const_cast<char*>("-c"), const_cast<char*>("exit 3"), nullptr};
    int status = 0;
    require(posix_spawn(&child, "/bin/bash", nullptr, nullptr, words, environ) == 0, "posix_spawn");
    require(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 3, "the end of what was spawned");
    child = vfork();
    if (child == 0) {
        execl("/no/such/program", "x", nullptr);
        _exit(errno == ENOENT ? 5 : 6);
    }
    require(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 5, "a program that is not there");
}

int main(int count, char** words) {
    if (count > 1 && std::strcmp(words[1], "by-thread") == 0) return std::strcmp(words[0], "again") == 0 ? 9 : 1;
    for (const char byte : cleared)
        if (byte != 0) return 1;
    require(filled == 1 && of_thread == 42, "values of variables");
    require(std::strcmp(words[0], "called") == 0, "the first argument");
    require(std::strcmp(reinterpret_cast<char*>(getauxval(AT_EXECFN)), "/probes/../probe") == 0, "AT_EXECFN");
    require(getauxval(AT_BASE) != 0 && getauxval(AT_UID) == 0 && getauxval(AT_SECURE) == 0, "other values");
    char name[32] = {};
    pthread_getname_np(pthread_self(), name, sizeof name);
    require(std::strcmp(name, "probe") == 0, "the name of the process");
    require(std::memset(sbrk(1 << 20), 1, 1 << 20) != nullptr, "more memory");
    check_processes();
    std::fflush(stdout);
    pthread_t thread{};
    pthread_create(&thread, nullptr, become, nullptr);
    pthread_join(thread, nullptr);
    return 1;
}
